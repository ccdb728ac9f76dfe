/** Any query of `GET /rows` is understood or refused with all its problems, each of which has a code and says what. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { RequestProblem } from '../../../../src/ports/answer/request-problems.ts';
import { parseRowsRequest, ROWS_PARAMETERS } from '../../../../src/ports/rest/rows-request.ts';
import { DEPARTURES } from '../../../../src/ports/test-support/sample-product.ts';
import { ROWS_LIMIT_MAX } from '../../../../src/schema/rows-query.ts';
import { fuzzTarget, outcomeOf } from './target.ts';

const LIMIT = 100;
const NAMES = [
  ...DEPARTURES.fields.map(({ name }) => name),
  ...ROWS_PARAMETERS,
  'and',
  'or',
  'not.and',
  'crew->size',
  'x',
];
const WORDS = [
  'eq',
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'like',
  'ilike',
  'in',
  'is',
  'not',
  'and',
  'or',
  'null',
  'true',
  'exact',
]
  .concat([
    '.',
    ',',
    '(',
    ')',
    '"',
    '\\',
    '*',
    '%',
    '-',
    '1',
    '9007199254740993',
    '1e5',
    'DFW',
    'delay',
    'origin',
    'asc',
    'desc',
  ])
  .concat([
    'nullsfirst',
    '2001-02-30',
    '2001-01-31T22:27:00Z',
    ' ',
    '\u0000',
    '\ud800',
    '🛫',
    'fts',
    ':',
    '->',
  ]);

const value = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 14 }).map((words) => words.join('')),
  fc
    .array(fc.constantFrom('and(', 'or(', 'not.and('), { maxLength: 60 })
    .map((deep) => `${deep.join('')}delay.gt.1`),
  fc.string({ maxLength: 40, unit: 'binary' }),
);
const parameters = fc.array(
  fc.tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 8 })), value),
  {
    maxLength: 5,
  },
);

export const rowsQueries = fuzzTarget('queries of rows', 200_000, parameters, (query) => {
  const outcome = outcomeOf(() => parseRowsRequest(DEPARTURES, query, LIMIT));
  if ('value' in outcome) {
    const { limit, select = [] } = outcome.value;
    assert.ok(limit >= 1 && limit <= ROWS_LIMIT_MAX, `the limit is ${limit}`);
    for (const name of select)
      assert.ok(
        DEPARTURES.fields.some((field) => field.name === name),
        `"${name}" is selected`,
      );
    return;
  }
  const problems = (outcome.refused.details?.problems ?? []) as readonly RequestProblem[];
  assert.ok(problems.length > 0, `${outcome.refused.code} names no problem`);
  for (const { code, detail } of problems)
    assert.ok(code.length > 0 && detail.length > 0, 'a problem says nothing');
});
