import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WharfError } from '../../base/errors.ts';
import type { Filter } from '../../schema/rows-query.ts';
import type { RequestProblem } from '../answer/request-problems.ts';
import { DEPARTURES } from '../test-support/sample-product.ts';
import { FILTER_DEPTH_MAX, FILTER_TERMS_MAX } from './parse-filter.ts';
import { parseRowsRequest } from './rows-request.ts';

function request(query: string) {
  return parseRowsRequest(DEPARTURES, [...new URLSearchParams(query)], 100);
}

function filter(query: string): Filter | undefined {
  return request(query).filter;
}

function problems(query: string): readonly RequestProblem[] {
  try {
    request(query);
  } catch (thrown) {
    if (!(thrown instanceof WharfError)) throw thrown;
    return thrown.details?.problems as readonly RequestProblem[];
  }
  throw new Error(`"${query}" was understood`);
}

const is = (field: string, op: 'eq' | 'gt' | 'lt' | 'lte', value: string) => ({ op, field, value });

test('filters mean what PostgREST means by them', () => {
  expect(filter('')).toBeUndefined();
  expect(filter('delay=gt.15')).toEqual(is('delay', 'gt', '15'));
  expect(filter('delay=not.gt.15')).toEqual({ op: 'not', term: is('delay', 'gt', '15') });
  expect(filter('delay=gt.1&delay=lte.9')).toEqual({
    op: 'and',
    terms: [is('delay', 'gt', '1'), is('delay', 'lte', '9')],
  });
  expect(filter('note=is.null')).toEqual({ op: 'is', field: 'note', value: 'null' });
  expect(filter('cancelled=not.is.true')).toEqual({
    op: 'not',
    term: { op: 'is', field: 'cancelled', value: 'true' },
  });
  expect(filter('note=ilike.*del_y*')).toEqual({ op: 'ilike', field: 'note', value: '%del_y%' });
});

test('values in lists and groups may be quoted, values of a column stand as they are', () => {
  expect(filter('origin=in.(DFW,"a,b","c\\"d\\\\",)')).toMatchObject({ values: ['DFW', 'a,b', 'c"d\\', ''] });
  expect(filter('note=eq."a",(b)')).toEqual(is('note', 'eq', '"a",(b)'));
  expect(filter('or=(note.eq."a)",note.eq.b.c)')).toEqual({
    op: 'or',
    terms: [is('note', 'eq', 'a)'), is('note', 'eq', 'b.c')],
  });
});

test('groups nest and can be negated', () => {
  expect(filter('or=(delay.gt.15,and(origin.eq.DFW,delay.lt.0))')).toEqual({
    op: 'or',
    terms: [
      is('delay', 'gt', '15'),
      { op: 'and', terms: [is('origin', 'eq', 'DFW'), is('delay', 'lt', '0')] },
    ],
  });
  expect(filter('not.or=(delay.gt.1,not.and(delay.lt.0,flight.not.in.(1,2)))')).toEqual({
    op: 'not',
    term: {
      op: 'or',
      terms: [
        is('delay', 'gt', '1'),
        {
          op: 'not',
          term: {
            op: 'and',
            terms: [
              is('delay', 'lt', '0'),
              { op: 'not', term: { op: 'in', field: 'flight', values: ['1', '2'] } },
            ],
          },
        },
      ],
    },
  });
});

test('values are put into the one text form of their type', () => {
  expect(filter('fare=eq.1')).toEqual(is('fare', 'eq', '1.00'));
  expect(filter('left=gt.2001-01-31T23:27:00%2B01:00')).toEqual(is('left', 'gt', '2001-01-31T22:27:00Z'));
  expect(filter('flight=eq.9007199254740993')).toEqual(is('flight', 'eq', '9007199254740993'));
});

test('everything that is wrong is told at once, each with its place and the near name', () => {
  expect(
    problems('delay=gt.late&orgin=eq.DFW&or=(delay.gr.1,dely.eq.2)&limit=2000&order=delay.decs'),
  ).toMatchObject([
    { code: 'COLUMN_UNKNOWN', parameter: 'orgin', hint: 'Did you mean "origin"?' },
    { code: 'VALUE_INVALID', parameter: 'delay', character: 4, detail: expect.stringContaining('"late"') },
    { code: 'OPERATOR_UNKNOWN', parameter: 'or', character: 8, detail: expect.stringContaining('"gr"') },
    { code: 'COLUMN_UNKNOWN', parameter: 'or', character: 13, hint: 'Did you mean "delay"?' },
    { code: 'ORDER_SYNTAX', parameter: 'order', character: 1, hint: 'Did you mean "desc"?' },
    { code: 'LIMIT_INVALID', parameter: 'limit' },
  ]);
});

test.each([
  ['delay=15', 'FILTER_SYNTAX', 1],
  ['delay=gt', 'FILTER_SYNTAX', 1],
  ['or=delay.gt.1', 'FILTER_SYNTAX', 1],
  ['or=(delay.gt.1', 'FILTER_SYNTAX', 12],
  ['or=(delay.gt.1))', 'FILTER_SYNTAX', 13],
  ['origin=in.(a', 'FILTER_SYNTAX', 6],
  ['origin=in.("a', 'FILTER_SYNTAX', 5],
  ['origin=in.a', 'FILTER_SYNTAX', 4],
  ['crew=gt.1', 'OPERATOR_UNFIT', 4],
  ['raw=eq.1', 'OPERATOR_UNFIT', 4],
  ['delay=like.1*', 'OPERATOR_UNFIT', 6],
  ['delay=is.true', 'VALUE_INVALID', 4],
  ['offset=10', 'PARAMETER_UNKNOWN', undefined],
  ['select=origin,,delay', 'COLUMN_UNKNOWN', 8],
  ['select=origin,origin', 'COLUMN_REPEATED', 8],
  ['order=raw', 'OPERATOR_UNFIT', 1],
  ['order=delay.desc.asc', 'ORDER_SYNTAX', 1],
  ['limit=0', 'LIMIT_INVALID', undefined],
  ['limit=5&limit=6', 'PARAMETER_REPEATED', undefined],
  ['count=planned', 'OPTION_INVALID', undefined],
])('%s is refused as %s', (query, code, character) => {
  expect(problems(query)[0]).toMatchObject({ code, ...(character === undefined ? {} : { character }) });
});

test('a plus sign that became a space is explained', () => {
  expect(problems('left=gt.2001-01-31T23:27:00+01:00')[0]?.hint).toContain('%2B');
});

test('groups nested too deep and filters without end are refused, not followed', () => {
  const nested = (depth: number) => `or=${'(or'.repeat(depth - 1)}(delay.gt.1)${')'.repeat(depth - 1)}`;
  expect(filter(nested(FILTER_DEPTH_MAX))).toBeDefined();
  expect(problems(nested(FILTER_DEPTH_MAX + 1))[0]).toMatchObject({ code: 'FILTER_TOO_DEEP' });
  const many = Array.from({ length: FILTER_TERMS_MAX + 1 }, () => 'delay.gt.1').join(',');
  expect(problems(`or=(${many})`)[0]).toMatchObject({ code: 'FILTER_TOO_LARGE' });
});

test('an empty list holds nothing, and its negation everything', () => {
  const isNull = { op: 'is', field: 'origin', value: 'null' };
  const nothing = { op: 'and', terms: [isNull, { op: 'not', term: isNull }] };
  expect(filter('origin=in.()')).toEqual(nothing);
  expect(filter('origin=not.in.()')).toEqual({ op: 'not', term: nothing });
});

test('select and order keep their order, with nulls where Postgres has them', () => {
  const { select, order } = request(
    'select=origin,delay,"day"&order=delay.desc.nullslast,origin,flight.desc',
  );
  expect(select).toEqual(['origin', 'delay', 'day']);
  expect(order).toEqual([
    { field: 'delay', descending: true, nulls: 'last' },
    { field: 'origin', descending: false, nulls: 'last' },
    { field: 'flight', descending: true, nulls: 'first' },
  ]);
  expect(request('select=*').select).toBeUndefined();
});

test('no query whatever brings the parser down', () => {
  const word = fc.constantFrom(
    'delay',
    'origin',
    'or',
    'and',
    'not.',
    'in.',
    'eq.',
    'is.null',
    '(',
    ')',
    ',',
    '.',
    '"',
    '\\',
    '1',
    'é',
    '',
  );
  const value = fc.oneof(
    fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
    fc.string({ unit: 'binary' }),
  );
  const name = fc.oneof(
    fc.constantFrom('delay', 'or', 'not.and', 'select', 'order', 'after', 'limit'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 5 }), (parameters) => {
      try {
        const { filter: parsed, limit } = parseRowsRequest(DEPARTURES, parameters, 100);
        expect(JSON.stringify(parsed ?? null)).toBeTypeOf('string');
        expect(limit).toBeGreaterThan(0);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(WharfError);
        expect((thrown as WharfError).status).toBe(400);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('any text can be asked for, quoted in a list', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((t) => t.isWellFormed() && !t.includes('\0'));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (values) => {
      const items = values.map((v) => `"${v.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
      const parameters = [['origin', `in.(${items.join(',')})`]] as const;
      expect(parseRowsRequest(DEPARTURES, parameters, 100).filter).toEqual({
        op: 'in',
        field: 'origin',
        values,
      });
    }),
  );
});
