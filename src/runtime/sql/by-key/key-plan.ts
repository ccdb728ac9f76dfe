/** What a question by key means for the dataset that it asks: which parameters are the key, and which fields are the answer. */
import { columnsOf, type Dataset, type Field, keyFieldsOf } from '../../../schema/field.ts';
import { sqlType } from '../../../schema/sql-type.ts';
import type { KeyQuestion, KeyQuestionItem } from './key-question.ts';
import { hasCells } from './row-cells.ts';

export interface KeyPlan {
  /** Of the answer's columns; undefined stands for the constant 1. */
  readonly columns: readonly (Field | undefined)[];
  /** Of the key's fields, in their order: where the value is, from 0. */
  readonly params: readonly { readonly index: number; readonly isWhole: boolean }[];
}

/** Undefined where the engine must be asked: another condition than the whole key's, or a type that compares or shows in ways of its own. */
export function keyPlan(question: KeyQuestion, dataset: Dataset): KeyPlan | undefined {
  if (dataset.key === 'none') return undefined;
  const columns = columnsOf(dataset);
  const fields = question.items.flatMap((item) => fieldsOf(item, columns));
  if (!fields.every((field) => field === undefined || (field !== null && hasCells(field)))) return undefined;
  const keys = keyFieldsOf(dataset);
  const params = keys.map((field) => paramOf(field, question));
  const count = question.wanted.length;
  const isWhole =
    count === keys.length && params.every((param) => param !== undefined && param.index < count);
  // Each parameter is one part of the key: no other is there that would have to be looked at.
  if (!isWhole || new Set(params.map((param) => param?.index)).size !== count) return undefined;
  return { columns: fields as KeyPlan['columns'], params: params as KeyPlan['params'] };
}

/** Null: not a column of the dataset, or named in a way that another clause could mean. */
function fieldsOf(item: KeyQuestionItem, columns: readonly Field[]): readonly (Field | undefined | null)[] {
  if (item.kind === 'all') return columns;
  const takesAName = item.alias !== '' && named(columns, item.alias).length > 0;
  if (item.kind === 'one') return [takesAName ? null : undefined];
  const [field, ...others] = named(columns, item.name);
  const isItself = item.alias.toLowerCase() === item.name.toLowerCase();
  return [field && others.length === 0 && (isItself || !takesAName) ? field : null];
}

function paramOf(field: Field, { wanted }: KeyQuestion): KeyPlan['params'][0] | undefined {
  const type = sqlType(field);
  if (field.type === 'json' || (type !== 'BIGINT' && type !== 'VARCHAR')) return undefined;
  const [found, ...others] = wanted.filter(({ column }) => column.toLowerCase() === field.name.toLowerCase());
  return found && others.length === 0 ? { index: found.param - 1, isWhole: type === 'BIGINT' } : undefined;
}

/** Names of columns do not tell capitals apart. */
function named(columns: readonly Field[], name: string): readonly Field[] {
  return columns.filter((field) => field.name.toLowerCase() === name.toLowerCase());
}
