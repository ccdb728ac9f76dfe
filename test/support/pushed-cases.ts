/** Products of every kind of key and every reduction, with random documents to push, for tests that compare with the oracle. */
import { integerBetween, oneOf, type Random } from '../../src/base/random.ts';
import type { CellKinds } from './read-files.ts';
import {
  append,
  first,
  max,
  mergeMembers,
  mergePatch,
  min,
  type OracleDataset,
  set,
  sum,
} from './state-oracle.ts';

const KEYS = 12;

export interface PushedCase extends OracleDataset {
  readonly name: string;
  readonly yaml: string;
  readonly cells: CellKinds;
  /** The JSON text of a document; for a delete, of one that names a row. */
  document(random: Random): string;
}

const digits = (random: Random, count: number) =>
  Array.from({ length: count }, () => integerBetween(random, 0, 9)).join('');
const whole = (random: Random) =>
  `${oneOf(random, ['', '-'])}${integerBetween(random, 1, 9)}${digits(random, integerBetween(random, 0, 17))}`;
const fraction = (random: Random, scale: number) =>
  `${oneOf(random, ['', '-'])}${integerBetween(random, 1, 99_999)}.${digits(random, scale)}`;
const maybe = (random: Random, member: string) => (random.next() < 0.7 ? [member] : []);
const text = (random: Random) =>
  `"${oneOf(random, ['a', 'b', 'é', '語', 'x y', "it's"])}${integerBetween(random, 0, 3)}"`;
const key = (random: Random) => `"id":${integerBetween(random, 1, KEYS)}`;

export const PUSHED_CASES: readonly PushedCase[] = [
  {
    name: 'keyed',
    key: ['id'],
    fields: ['id', 'name', 'amount', 'n'],
    yaml: 'key: [id]\nfields:\n  id: { type: integer, required: true }\n  name: string\n  amount: decimal(38,10)\n  n: integer\n',
    cells: { id: 'number', amount: 'number', n: 'number' },
    document: (random) =>
      `{${[key(random), ...maybe(random, `"name":${text(random)}`), ...maybe(random, `"amount":${fraction(random, 10)}`), ...maybe(random, `"n":${whole(random)}`)].join(',')}}`,
  },
  {
    name: 'rowed',
    key: 'row',
    fields: ['a', 'b'],
    yaml: 'key: row\nfields:\n  a: integer\n  b: string\n',
    cells: { a: 'number' },
    document: (random) =>
      `{${[...maybe(random, `"a":${integerBetween(random, 1, 4)}`), ...maybe(random, `"b":${text(random)}`)].join(',')}}`,
  },
  {
    name: 'logged',
    key: 'none',
    fields: ['a', 'b'],
    yaml: 'key: none\nfields:\n  a: integer\n  b: string\n',
    cells: { a: 'number' },
    document: (random) => `{"a":${integerBetween(random, 1, 3)},"b":${text(random)}}`,
  },
  {
    name: 'reduced',
    key: ['id'],
    fields: ['id', 'newest', 'oldest', 'total', 'money', 'low', 'high', 'log', 'seen', 'place', 'patch'],
    combine: {
      oldest: first,
      total: sum(0),
      money: sum(4),
      low: min,
      high: max,
      log: append,
      seen: set,
      place: mergeMembers(['a', 'b']),
      patch: mergePatch,
    },
    yaml: `key: [id]
fields:
  id: { type: integer, required: true }
  newest: string
  oldest: { type: string, reduce: first }
  total: { type: integer, reduce: sum }
  money: { type: "decimal(20,4)", reduce: sum }
  low: { type: integer, reduce: min }
  high: { type: integer, reduce: max }
  log: { type: array, items: integer, reduce: append }
  seen: { type: array, items: string, reduce: set }
  place: { type: object, fields: { a: integer, b: string }, reduce: merge }
  patch: { type: json, reduce: merge }
`,
    cells: {
      id: 'number',
      total: 'number',
      money: 'number',
      low: 'number',
      high: 'number',
      log: 'json',
      seen: 'json',
      place: 'json',
      patch: 'json',
    },
    document: (random) =>
      `{${[
        key(random),
        ...maybe(random, `"newest":${text(random)}`),
        ...maybe(random, `"oldest":${text(random)}`),
        ...maybe(random, `"total":${integerBetween(random, -9_007_199_254_740_991, 9_007_199_254_740_991)}`),
        ...maybe(random, `"money":${fraction(random, 4)}`),
        ...maybe(random, `"low":${whole(random)}`),
        ...maybe(random, `"high":${whole(random)}`),
        ...maybe(random, `"log":[${whole(random)},${integerBetween(random, 0, 9)}]`),
        ...maybe(random, `"seen":[${text(random)},${text(random)}]`),
        ...maybe(
          random,
          `"place":{${[...maybe(random, `"a":${whole(random)}`), ...maybe(random, `"b":${text(random)}`)].join(',')}}`,
        ),
        ...maybe(
          random,
          `"patch":{${text(random)}:${oneOf(random, ['null', whole(random), '{"deep":null,"n":0.1000}', '[1]'])}}`,
        ),
      ].join(',')}}`,
  },
];
