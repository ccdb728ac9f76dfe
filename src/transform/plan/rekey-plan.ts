/** `rekey`: the output's key, or a part of it, is traced to every place where the query reads a table. */
import { columnsOf, type Dataset, keyFieldsOf } from '../../schema/field.ts';
import { COLUMN_OBSTACLES, QUERY_OBSTACLES } from './obstacles.ts';
import type { Leaf, Path, Traced } from './traced.ts';

export interface RekeyPlan {
  /** The fields of the key by which rows are found again. */
  readonly fields: readonly string[];
  /** Every place where a table is read, with the path of each field. */
  readonly leaves: readonly { readonly leaf: Leaf; readonly paths: readonly Path[] }[];
}

export interface NoRekey {
  /** Why no field of the key can be traced. A sentence. */
  readonly reason: string;
  /** What to write instead. Sentences. */
  readonly instead: string;
}

/** `traced` are the dataset's columns, in order. */
export function planRekey(dataset: Dataset, traced: Traced): RekeyPlan | NoRekey {
  const names = columnsOf(dataset).map((field) => field.name);
  const keys = keyFieldsOf(dataset).map((field) => field.name);
  const columnOf = (field: string) => traced.columns[names.indexOf(field)];
  const unknown = traced.unknown ?? (traced.leaves.length === 0 ? QUERY_OBSTACLES.noInput : undefined);
  if (unknown) return { reason: `The query cannot be traced: ${unknown.why}.`, instead: unknown.instead };
  const fields: string[] = [];
  for (const key of keys) {
    if (columnOf(key)?.touch && isJoint(traced, [...fields, key], columnOf)) fields.push(key);
  }
  if (fields.length === 0) return noRekey(keys, columnOf);
  const leaves = traced.leaves.map((leaf) => ({ leaf, paths: pathsOf(leaf, fields, columnOf) }));
  return { fields, leaves };
}

type ColumnOf = (field: string) => Traced['columns'][number] | undefined;

function pathsOf(leaf: Leaf, fields: readonly string[], columnOf: ColumnOf): Path[] {
  return fields.flatMap((field) => columnOf(field)?.touch?.get(leaf) ?? []);
}

/** Values of several fields are found together only in the same rows of the same table. */
function isJoint(traced: Traced, fields: readonly string[], columnOf: ColumnOf): boolean {
  return traced.leaves.every((leaf) => {
    const paths = pathsOf(leaf, fields, columnOf);
    const ways = new Set(paths.map((path) => wayOf(path, traced.leaves)));
    return paths.length === fields.length && ways.size <= 1;
  });
}

/** All of a path but its last values. */
function wayOf(path: Path, leaves: readonly Leaf[]): string {
  if (path.kind === 'direct') return '';
  const from = withIndexes(path.from, leaves);
  return JSON.stringify([leaves.indexOf(path.carrier), path.match, from, wayOf(path.then, leaves)]);
}

function withIndexes(path: Path, leaves: readonly Leaf[]): unknown {
  if (path.kind === 'direct') return path.expression;
  const { carrier, match, from, then } = path;
  return [leaves.indexOf(carrier), match, withIndexes(from, leaves), withIndexes(then, leaves)];
}

function noRekey(keys: readonly string[], columnOf: ColumnOf): NoRekey {
  const obstacles = keys.map((key) => columnOf(key)?.obstacle ?? COLUMN_OBSTACLES.notEverywhere);
  const each = keys.map((key, i) => `"${key}": ${obstacles[i]?.why}`);
  return {
    reason: `No field of the key can be traced to the inputs (${each.join('; ')}).`,
    // One traced field is enough.
    instead: [...new Set(obstacles.map(({ instead }) => instead))].slice(0, INSTEAD_MAX).join(' Or: '),
  };
}

/** Ways out that are told of. */
const INSTEAD_MAX = 2;
