import { ANY_VALUE } from '../../schema/options.ts';
import type { InputDraft, ProductDraft } from '../draft/product-draft.ts';
import { type SpecNode, textAt, valueAt } from '../source/node.ts';
import { keyedExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

const body = (mode: string) =>
  `inputs:\n  list: { from: file, path: list.csv, mode: ${mode} }\n  news: { from: push }\n`;

export const wholeInput: Rule = {
  code: 'SPEC_WHOLE_INPUT',
  law: 'An input that replaces all rows of a dataset is the only input of that dataset.',
  hint: 'Each such source deletes what it does not hold itself: give it a product of its own, and derive one from all of them.',
  bad: keyedExample(body('snapshot')),
  good: keyedExample(body('append')),
  check(mesh, report) {
    for (const product of mesh.products) checkInputs(product, report);
  },
};

function checkInputs(product: ProductDraft, report: Report): void {
  const inputs = product.inputs.filter((input) => input.from);
  for (const input of inputs) {
    const at = replacingOption(input);
    const other = at && inputs.find((one) => one !== input && fedBy(product, one) === fedBy(product, input));
    if (!other) continue;
    report({
      at,
      message: `The input "${input.name}" would delete the rows that "${other.name}" brings.`,
      expected: 'no other input of the same dataset',
      received: `the input "${other.name}"`,
    });
  }
}

/** Where it says that what the source no longer holds is deleted; undefined when nothing is. */
function replacingOption({ node, nameNode, declaration }: InputDraft): SpecNode | undefined {
  for (const { name, replaces, default: unsaid } of declaration?.options ?? []) {
    if (replaces !== undefined && [ANY_VALUE, textAt(node, name) ?? unsaid].includes(replaces))
      return valueAt(node, name) ?? nameNode;
  }
  return undefined;
}

/** The name of the dataset; a query reads each input as a table of its own, and all inputs of functions feed the same datasets. */
function fedBy(product: ProductDraft, input: InputDraft): string | undefined {
  if (product.transform?.language === 'sql') return input.name;
  if (product.transform) return undefined;
  return (product.datasets.find(({ name }) => name === input.name) ?? product.datasets[0])?.name;
}
