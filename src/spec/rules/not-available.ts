import { AVAILABILITY } from '../availability.ts';
import { namesOfConnectors } from '../draft/connector-names.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { ProductDraft } from '../draft/product-draft.ts';
import { keyAt, type SpecNode } from '../source/node.ts';
import { productExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';
import { wordFor } from './unknown-connector.ts';

export const notAvailable: Rule = {
  code: 'SPEC_NOT_AVAILABLE',
  law: 'A spec uses only what this version of Wharf has built; what is planned is refused by name.',
  hint: 'Remove it for now.',
  bad: productExample('key: none\nfields: { id: string }\noutputs:\n  kafka: {}\n'),
  good: productExample('key: none\nfields: { id: string }\noutputs:\n  stream: {}\n'),
  visit(node, shape, report) {
    if (shape.kind !== 'variants') return;
    for (const name of namesOfConnectors(node, shape)) {
      const isBuilt = Object.hasOwn(shape.variants, name.text);
      if (isBuilt || !AVAILABILITY.connectors[shape.of].includes(name.text)) continue;
      refuse(`The ${wordFor(shape.of)} "${name.text}"`, name, report);
    }
  },
  check(mesh, report) {
    refuseFeature(mesh, 'policies', keyAt(mesh.root, 'policies'), report);
    for (const product of mesh.products) checkProduct(mesh, product, report);
  },
};

function refuse(what: string, at: SpecNode, report: Report, hint = ''): void {
  const expected = 'something that this version has built';
  report({ at, message: `${what} is not available in this version.`, expected, hint });
}

function refuseFeature(mesh: MeshDraft, feature: string, at: SpecNode | undefined, report: Report): void {
  const what = mesh.availability.features[feature];
  if (at && what !== undefined) refuse(what, at, report);
}

function checkProduct(mesh: MeshDraft, product: ProductDraft, report: Report): void {
  const { inputs, transform } = product;
  const isMap = inputs.length === 1 && inputs[0]?.from !== undefined;
  const derivesBySql = transform?.language === 'sql' && !isMap;
  const mode = keyAt(transform?.node, 'mode');
  if (!derivesBySql) refuseFeature(mesh, 'transform.mode.elsewhere', mode, report);
  if (!derivesBySql)
    refuseFeature(mesh, 'transform.every.elsewhere', keyAt(transform?.node, 'every'), report);
}
