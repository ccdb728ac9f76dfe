/** The parameters `select` and `order`: lists of columns. */
import { didYouMean } from '../../base/suggest.ts';
import { typeText } from '../../schema/field.ts';
import type { OrderTerm } from '../../schema/rows-query.ts';
import { quoted, type RequestProblems } from '../answer/request-problems.ts';
import { type Columns, findColumn, type RequestPlace } from './columns.ts';
import { isOrdered } from './condition.ts';
import { TextCursor } from './text-cursor.ts';

const ORDER_WORDS = ['asc', 'desc', 'nullsfirst', 'nullslast'] as const;

/** The columns of a `select`, in order; undefined for `*`, all of them. */
export function parseSelect(
  columns: Columns,
  text: string,
  problems: RequestProblems,
): readonly string[] | undefined {
  if (text === '*') return undefined;
  const cursor = new TextCursor(text);
  const names: string[] = [];
  do {
    const place = { parameter: 'select', character: cursor.character };
    const name = cursor.word(',');
    if (name === undefined || (!cursor.done && cursor.text[cursor.at] !== ',')) {
      problems.add({
        code: 'SELECT_SYNTAX',
        ...place,
        detail: `Expected a column at character ${place.character} of "select".`,
        hint: 'Write column names with "," between them.',
      });
      return undefined;
    }
    if (findColumn(columns, name, place, problems)) addOnce(names, name, place, problems);
  } while (cursor.take(','));
  return names;
}

/** The terms of an `order`. Nulls stand where Postgres has them: last when ascending, first when descending. */
export function parseOrder(columns: Columns, text: string, problems: RequestProblems): readonly OrderTerm[] {
  const cursor = new TextCursor(text);
  const terms: OrderTerm[] = [];
  const names: string[] = [];
  do {
    const place = { parameter: 'order', character: cursor.character };
    const name = cursor.word('.,') ?? cursor.rest();
    const words: string[] = [];
    while (cursor.take('.')) words.push(cursor.until('.,'));
    const direction = orderDirection(words, place, problems);
    const field = findColumn(columns, name, place, problems);
    if (!field || !direction) continue;
    if (!isOrdered(field)) {
      const detail = `Rows cannot be ordered by "${name}", which is ${typeText(field)}.`;
      problems.add({ code: 'OPERATOR_UNFIT', ...place, detail });
    }
    addOnce(names, name, place, problems);
    terms.push({ field: name, ...direction });
  } while (cursor.take(','));
  if (!cursor.done) {
    problems.add({
      code: 'ORDER_SYNTAX',
      parameter: 'order',
      character: cursor.character,
      detail: `Expected "," at character ${cursor.character} of "order", received ${cursor.shown()}.`,
    });
  }
  return terms;
}

/** One direction at most, then at most one place for nulls. */
function orderDirection(
  words: readonly string[],
  place: RequestPlace,
  problems: RequestProblems,
): Omit<OrderTerm, 'field'> | undefined {
  const direction = words[0] === 'asc' || words[0] === 'desc' ? words[0] : undefined;
  const [nulls, ...others] = direction === undefined ? words : words.slice(1);
  const descending = direction === 'desc';
  if (others.length === 0) {
    if (nulls === undefined) return { descending, nulls: descending ? 'first' : 'last' };
    if (nulls === 'nullsfirst' || nulls === 'nullslast') {
      return { descending, nulls: nulls === 'nullsfirst' ? 'first' : 'last' };
    }
  }
  const unknown = words.find((word) => !ORDER_WORDS.some((known) => known === word));
  problems.add({
    code: 'ORDER_SYNTAX',
    ...place,
    detail: `The direction ${quoted(words.join('.'))} is not one.`,
    hint:
      (unknown !== undefined && didYouMean(unknown, ORDER_WORDS)) ||
      'Write column, column.asc or column.desc, and behind it .nullsfirst or .nullslast if needed.',
  });
  return undefined;
}

function addOnce(names: string[], name: string, place: RequestPlace, problems: RequestProblems): void {
  if (names.includes(name)) {
    problems.add({ code: 'COLUMN_REPEATED', ...place, detail: `The column "${name}" is named twice.` });
  } else names.push(name);
}
