import { fieldAndBelow } from '../draft/draft-field.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { SpecNode } from '../source/node.ts';
import { productExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

export const nameCollision: Rule = {
  code: 'SPEC_NAME_COLLISION',
  law: 'Names stay different in SQL, where "-" becomes "_" and upper case does not count.',
  hint: 'Rename one of the two.',
  bad: productExample(
    'inputs:\n  by-day: { from: push }\n  by_day: { from: push }\nkey: none\nfields: { id: string }\n',
  ),
  good: productExample(
    'inputs:\n  by-day: { from: push }\n  by-week: { from: push }\nkey: none\nfields: { id: string }\n',
  ),
  check(mesh, report) {
    checkTables(mesh, report);
    for (const product of mesh.products) {
      checkNames('input', product.inputs, report);
      checkNames('dataset', product.datasets, report);
      for (const { fields } of [...product.datasets, ...product.inputs]) {
        checkNames('field', fields, report);
        for (const field of fields)
          for (const below of fieldAndBelow(field)) checkNames('field', below.fields, report);
      }
      for (const dataset of product.datasets.filter((d) => d.extra === 'keep'))
        checkExtra(dataset.fields, report);
    }
  },
};

interface Named {
  readonly name: string;
  readonly nameNode: SpecNode;
}

function sqlNameOf(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

function checkNames(what: string, named: readonly Named[], report: Report): void {
  const seen = new Map<string, Named>();
  for (const one of named) {
    // Only fields of sources may hold "-" besides "_", and there they are columns of their own.
    const sqlName = what === 'field' ? one.name.toLowerCase() : sqlNameOf(one.name);
    const first = seen.get(sqlName);
    if (first === undefined) seen.set(sqlName, one);
    else {
      report({
        at: one.nameNode,
        message: `The ${what} "${one.name}" and the ${what} "${first.name}" have the same name in SQL: "${sqlName}".`,
        expected: `a name that differs from "${first.name}" in more than case, "-" and "_"`,
        received: `"${one.name}"`,
      });
    }
  }
}

/** Tables are named as products, further majors with a suffix: `x-v2` and the second major of `x` collide. */
function checkTables(mesh: MeshDraft, report: Report): void {
  const seen = new Map<string, string>();
  for (const product of mesh.products) {
    if (product.name === undefined || product.id === undefined) continue;
    const suffix = product.major === undefined || product.major <= 1 ? '' : `_v${product.major}`;
    const table = `${sqlNameOf(product.name)}${suffix}`;
    const first = seen.get(table);
    if (first === undefined) seen.set(table, product.id);
    else if (first !== product.id) {
      report({
        at: product.nameNode ?? product.root,
        message: `The products "${product.id}" and "${first}" have the same name in SQL: "${table}".`,
        expected: 'a table name of its own',
        received: `"${table}"`,
      });
    }
  }
}

function checkExtra(fields: readonly Named[], report: Report): void {
  const taken = fields.find((field) => field.name === 'extra');
  if (!taken) return;
  report({
    at: taken.nameNode,
    message: 'The field "extra" has the name of the column that "extra: keep" adds.',
    expected: 'another name',
    received: '"extra"',
    hint: 'Rename the field, or remove "extra: keep".',
  });
}
