import {
  type Field,
  type FieldTypeName,
  type Reduction,
  SCALAR_TYPES,
  typeText,
} from '../../schema/field.ts';
import { fieldAndBelow } from '../draft/draft-field.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { DatasetDraft, FieldDraft } from '../draft/product-draft.ts';
import { everyDataset } from '../draft/visit-draft.ts';
import { valueAt } from '../source/node.ts';
import { productExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

const ANY: readonly FieldTypeName[] = [...SCALAR_TYPES, 'object', 'array'];
const ORDERED: readonly FieldTypeName[] = [
  'integer',
  'number',
  'decimal',
  'date',
  'time',
  'timestamp',
  'string',
];

const FITS: Readonly<Record<Reduction, readonly FieldTypeName[]>> = {
  last: ANY,
  first: ANY,
  sum: ['integer', 'decimal', 'number'],
  min: ORDERED,
  max: ORDERED,
  append: ['array'],
  set: ['array'],
  merge: ['object', 'json'],
};

export const reductionFit: Rule = {
  code: 'SPEC_REDUCTION_MISFIT',
  law: 'A reduction fits the type of its field, and stands at a field of a keyed dataset that is not part of the key.',
  hint: 'Remove "reduce", or change the type.',
  bad: productExample('key: [id]\nfields:\n  id: string\n  note: { type: string, reduce: sum }\n'),
  good: productExample('key: [id]\nfields:\n  id: string\n  flights: { type: integer, reduce: sum }\n'),
  check(mesh, report) {
    for (const { dataset } of everyDataset(mesh)) {
      for (const draft of dataset.fields) {
        for (const field of fieldAndBelow(draft)) checkField(mesh, dataset, field, report);
      }
    }
  },
};

function checkField(mesh: MeshDraft, dataset: DatasetDraft, draft: FieldDraft, report: Report): void {
  const at = valueAt(draft.node, 'reduce');
  const field = at && mesh.resolver.resolve(draft);
  if (!at || !field?.reduce) return;
  const why = misplaced(dataset, draft) ?? misfit(field, field.reduce);
  if (!why) return;
  report({ at, message: `The reduction "${field.reduce}" of "${draft.name}" ${why.problem}.`, ...why.rest });
}

interface Why {
  readonly problem: string;
  readonly rest: { readonly expected: string; readonly received: string };
}

function misplaced(dataset: DatasetDraft, draft: FieldDraft): Why | undefined {
  if (draft.standing === 'nested') {
    const rest = { expected: 'a reduction of the whole field', received: 'one inside an object or array' };
    return { problem: 'stands inside another field, where nothing is combined', rest };
  }
  if (dataset.keyWord) {
    const rest = { expected: 'a dataset whose key names fields', received: `key: ${dataset.keyWord}` };
    return { problem: 'has no effect, because records of the dataset are never combined', rest };
  }
  if (dataset.keyParts.some((part) => part.text === draft.name)) {
    const rest = { expected: 'a field that is not part of the key', received: 'a key field' };
    return { problem: 'is not possible, because the field is part of the key', rest };
  }
  return undefined;
}

function misfit(field: Field, reduce: Reduction): Why | undefined {
  if (FITS[reduce].includes(field.type)) return undefined;
  const rest = { expected: `one of the types ${FITS[reduce].join(', ')}`, received: typeText(field) };
  return { problem: `does not fit the type ${typeText(field)}`, rest };
}
