import type { Draw } from './draw.ts';
import type { Kind } from './relation.ts';

/** One value, as the push has it and as SQL has it. */
export interface Literal {
  readonly json: string;
  readonly sql: string;
}

/** Sums of doubles are exact because all are multiples of a quarter. */
const QUARTERS = ['0.25', '1.5', '-2.75', '7', '10.5'];
const DECIMALS = ['0.01', '19.99', '-3.50', '100.00', '7.10'];
const TEXTS = ['ab', 'b', 'Zoe', 'ümlaut', "o'neil", 'a,b', '', 'B'];
const DATES = ['2024-02-29', '2023-12-31', '2024-01-01', '1999-06-15'];
/** The last one is not a double. */
const INTEGERS = ['0', '1', '2', '3', '3', '-4', '5', '17', '2', '1', '9007199254740993'];

export function literal(draw: Draw, kind: Kind): Literal {
  switch (kind) {
    case 'integer':
      return same(draw.one(INTEGERS));
    case 'number': {
      const number = draw.one(QUARTERS);
      return { json: number, sql: `${number}::double` };
    }
    case 'decimal':
      return same(draw.one(DECIMALS));
    case 'string':
      return text(draw.one(TEXTS));
    case 'boolean':
      return same(draw.one(['true', 'false']));
    case 'date': {
      const date = draw.one(DATES);
      return { json: `"${date}"`, sql: `date '${date}'` };
    }
    case 'object':
      return object(nullable(draw, 'integer', 0.2), nullable(draw, 'string', 0.2));
    case 'array':
      return array(draw.times(0, 3, () => nullable(draw, 'integer', 0.2)));
  }
}

export function nullable(draw: Draw, kind: Kind, share: number): Literal {
  return draw.chance(share) ? { json: 'null', sql: 'null' } : literal(draw, kind);
}

function same(digits: string): Literal {
  return { json: digits, sql: digits };
}

function text(value: string): Literal {
  return { json: JSON.stringify(value), sql: `'${value.replaceAll("'", "''")}'` };
}

function object(p: Literal, q: Literal): Literal {
  return { json: `{"p":${p.json},"q":${q.json}}`, sql: `{'p': ${p.sql}, 'q': ${q.sql}}` };
}

function array(items: readonly Literal[]): Literal {
  const list = (form: 'json' | 'sql') => `[${items.map((item) => item[form]).join(', ')}]`;
  return { json: list('json'), sql: `${list('sql')}::bigint[]` };
}
