import { didYouMean } from '../../base/suggest.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { ProductDraft } from '../draft/product-draft.ts';
import { parseFieldLink, parseFieldReference } from '../draft/references.ts';
import { everyField, everyOption, scalarsOf } from '../draft/visit-draft.ts';
import { entriesOf, itemsOf, type ScalarNode, type SpecNode, valueAt } from '../source/node.ts';
import { AIRPORTS, productExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

export const unknownField: Rule = {
  code: 'SPEC_UNKNOWN_FIELD',
  law: 'A field that is named (to reuse it, in a check, a mask or an option) exists where it is looked for.',
  hint: 'Add the field, or correct its name.',
  bad: productExample('key: [id]\nfields:\n  id: airports.airports.iota\n', AIRPORTS),
  good: productExample('key: [id]\nfields:\n  id: airports.airports.iata\n', AIRPORTS),
  check(mesh, report) {
    for (const draft of everyField(mesh))
      if (draft.reuse) checkReference(mesh, draft.reuse.node, draft.reuse.node.text, report);
    for (const { product, option, node } of everyOption(mesh)) {
      if (option.fieldName) for (const name of scalarsOf(node)) checkOwn(product, name, name.text, report);
    }
    for (const product of mesh.products) checkProduct(mesh, product, report);
  },
};

function checkProduct(mesh: MeshDraft, product: ProductDraft, report: Report): void {
  for (const check of itemsOf(valueAt(product.root, 'checks'))) {
    for (const kind of ['nulls', 'values', 'pattern', 'fresh', 'distribution']) {
      const field = valueAt(valueAt(check, kind), 'field');
      if (field) for (const name of scalarsOf(field)) checkOwn(product, name, name.text, report);
    }
    for (const name of itemsOf(valueAt(check, 'unique')).flatMap(scalarsOf))
      checkOwn(product, name, name.text, report);
    const link = valueAt(check, 'references');
    for (const written of link ? scalarsOf(link) : []) {
      const sides = parseFieldLink(written.text);
      if (!sides) continue;
      checkOwn(product, written, sides.field, report);
      checkReference(mesh, written, sides.target, report);
    }
  }
  for (const rule of itemsOf(valueAt(product.root, 'access'))) {
    for (const { key } of entriesOf(valueAt(rule, 'mask'))) checkOwn(product, key, key.text, report);
  }
}

/** A field of the product itself, in any of its datasets. */
function checkOwn(product: ProductDraft, at: SpecNode, name: string, report: Report): void {
  const known = product.datasets.flatMap((dataset) => dataset.fields.map((field) => field.name));
  if (known.length === 0 || known.includes(name)) return;
  report({
    at,
    message: `The product has no field "${name}".`,
    expected: `one of ${known.join(', ')}`,
    received: `"${name}"`,
    hint: didYouMean(name, known),
  });
}

const WHAT = { product: 'product', version: 'major version', dataset: 'dataset', field: 'field' } as const;

function checkReference(mesh: MeshDraft, at: ScalarNode, text: string, report: Report): void {
  const reference = parseFieldReference(text);
  const target = reference && mesh.resolver.lookUp(reference);
  if (!target || 'found' in target || target.missing === 'unread') return;
  const sought =
    { product: reference.product, version: `${reference.major}`, ...pick(reference) }[target.missing] ?? '';
  report({
    at,
    message: `The reference "${text}" does not resolve: there is no ${WHAT[target.missing]} "${sought}".`,
    expected:
      target.missing === 'product' ? 'a product of this mesh' : `one of ${target.known.join(', ') || 'none'}`,
    received: `"${sought}"`,
    hint: didYouMean(sought, target.known),
  });
}

function pick(reference: { readonly dataset: string | undefined; readonly field: string }) {
  return { dataset: reference.dataset ?? '', field: reference.field };
}
