/**
 * Filters as PostgREST writes them.
 *
 *     parameter = column "=" [ "not." ] operator "." value
 *               | [ "not." ] ( "and" | "or" ) "=" group
 *     group     = "(" term *( "," term ) ")"
 *     term      = [ "not." ] ( "and" | "or" ) group | column "." [ "not." ] operator "." value
 *     value     = for "in": "(" [ item *( "," item ) ] ")"; otherwise the rest, or within a group an item
 *     item      = '"' any text, with \" and \\ '"' | text without "," and ")"
 *
 * Everything that is wrong is collected; what is not understood as syntax ends only its own parameter.
 */
import type { Filter } from '../../schema/rows-query.ts';
import type { QueryParameters } from '../answer/query-parameters.ts';
import type { RequestProblems } from '../answer/request-problems.ts';
import { type Columns, findColumn, type RequestPlace } from './columns.ts';
import { conditionFilter, findOperator } from './condition.ts';
import { TextCursor } from './text-cursor.ts';

/** How deep groups may stand in groups. */
export const FILTER_DEPTH_MAX = 16;
/** Conditions in all filters of a request together. */
export const FILTER_TERMS_MAX = 200;
/** Values in one list. */
export const IN_VALUES_MAX = 1_000;

const GROUPS = ['and', 'or', 'not.and', 'not.or'] as const;

/** True for the parameters that hold a group and not a column's filter. */
export function isGroupName(name: string): boolean {
  return GROUPS.some((group) => group === name);
}

/** The filter that all parameters mean together; undefined for none. */
export function parseFilter(
  columns: Columns,
  parameters: QueryParameters,
  problems: RequestProblems,
): Filter | undefined {
  const budget = { terms: FILTER_TERMS_MAX };
  const filters = parameters.flatMap(([name, value]) => {
    const parser = new FilterParser({ parameter: name, value, columns, problems, budget });
    return (isGroupName(name) ? parser.groupParameter() : parser.columnParameter()) ?? [];
  });
  return filters.length > 1 ? { op: 'and', terms: filters } : filters[0];
}

interface FilterParserOptions {
  readonly parameter: string;
  readonly value: string;
  readonly columns: Columns;
  readonly problems: RequestProblems;
  /** Shared by all parameters of a request. */
  readonly budget: { terms: number };
}

class FilterParser {
  readonly #options: FilterParserOptions;
  readonly #cursor: TextCursor;
  #depth = 0;
  /** Set once the text makes no sense any more: then nothing further is read. */
  #broken = false;

  constructor(options: FilterParserOptions) {
    this.#options = options;
    this.#cursor = new TextCursor(options.value);
  }

  groupParameter(): Filter | undefined {
    const { parameter } = this.#options;
    const negated = parameter.startsWith('not.');
    const filter = this.#group(parameter.endsWith('or') ? 'or' : 'and');
    this.#expectEnd();
    return this.#result(filter, negated);
  }

  columnParameter(): Filter | undefined {
    const { parameter } = this.#options;
    const filter = this.#condition(parameter, { parameter }, false);
    this.#expectEnd();
    return this.#result(filter, false);
  }

  #result(filter: Filter | undefined, negated: boolean): Filter | undefined {
    if (this.#broken || !filter) return undefined;
    return negated ? { op: 'not', term: filter } : filter;
  }

  #group(op: 'and' | 'or'): Filter | undefined {
    const cursor = this.#cursor;
    if (this.#depth >= FILTER_DEPTH_MAX) {
      return this.#fail('FILTER_TOO_DEEP', `Groups are nested more than ${FILTER_DEPTH_MAX} deep.`);
    }
    if (!cursor.take('(')) return this.#expected('"(" and conditions, as in or=(delay.gt.15,origin.eq.DFW)');
    this.#depth += 1;
    const terms: Filter[] = [];
    do {
      const term = this.#term();
      if (this.#broken) return undefined;
      if (term) terms.push(term);
    } while (cursor.take(','));
    if (!cursor.take(')')) return this.#expected('"," or ")"');
    this.#depth -= 1;
    return { op, terms };
  }

  #term(): Filter | undefined {
    const cursor = this.#cursor;
    const start = cursor.character;
    const group = /^(not\.)?(and|or)\(/.exec(cursor.text.slice(cursor.at, cursor.at + 'not.and('.length));
    if (group) {
      cursor.take(group[0].slice(0, -1));
      return this.#result(this.#group(group[2] === 'or' ? 'or' : 'and'), group[1] !== undefined);
    }
    const column = cursor.word('.,()');
    if (column === undefined) return this.#expected('a closing quote');
    if (!cursor.take('.')) return this.#expected(`"." and an operator behind "${column}"`);
    return this.#condition(column, { parameter: this.#options.parameter, character: start }, true);
  }

  /** What stands behind a column's name. */
  #condition(column: string, columnPlace: RequestPlace, grouped: boolean): Filter | undefined {
    const { columns, problems, parameter } = this.#options;
    const cursor = this.#cursor;
    if (--this.#options.budget.terms < 0) {
      return this.#fail('FILTER_TOO_LARGE', `The filters have more than ${FILTER_TERMS_MAX} conditions.`);
    }
    const field = findColumn(columns, column, columnPlace, problems);
    const negated = cursor.take('not.');
    const place = { parameter, character: cursor.character };
    const name = cursor.until(grouped ? '.,()' : '.(');
    if (!cursor.take('.')) return this.#missingOperator(name, column, place);
    const operator = findOperator(name, place, problems);
    const valuePlace = { parameter, character: cursor.character };
    const values = operator === 'in' ? this.#list() : this.#single(grouped);
    if (!values || !field || !operator) return undefined;
    return this.#result(conditionFilter({ field, operator, values, place: valuePlace }, problems), negated);
  }

  #missingOperator(name: string, column: string, place: RequestPlace): undefined {
    this.#broken = true;
    this.#options.problems.add({
      code: 'FILTER_SYNTAX',
      ...place,
      detail: `The filter of "${column}" has no operator at ${JSON.stringify(name.slice(0, 40))}.`,
      hint: 'Put an operator and a point before the value, as in eq.15 or not.in.(1,2).',
    });
  }

  #single(grouped: boolean): readonly string[] | undefined {
    if (!grouped) return [this.#cursor.rest()];
    const value = this.#cursor.word(',)');
    return value === undefined ? this.#expected('a closing quote') : [value];
  }

  #list(): readonly string[] | undefined {
    const cursor = this.#cursor;
    if (!cursor.take('(')) return this.#expected('"(" and a list, as in in.(DFW,ORD)');
    const values: string[] = [];
    if (cursor.take(')')) return values;
    do {
      const value = cursor.word(',)');
      if (value === undefined) return this.#expected('a closing quote');
      if (values.push(value) > IN_VALUES_MAX) {
        return this.#fail('FILTER_TOO_LARGE', `The list has more than ${IN_VALUES_MAX} values.`);
      }
    } while (cursor.take(','));
    return cursor.take(')') ? values : this.#expected('"," or ")"');
  }

  #expectEnd(): void {
    if (!this.#broken && !this.#cursor.done) this.#expected('the end');
  }

  #expected(what: string): undefined {
    return this.#fail(
      'FILTER_SYNTAX',
      `Expected ${what} at character ${this.#cursor.character} of "${this.#options.parameter}", received ${this.#cursor.shown()}.`,
      'Values with "," or ")" in them stand in double quotes.',
    );
  }

  #fail(
    code: 'FILTER_SYNTAX' | 'FILTER_TOO_DEEP' | 'FILTER_TOO_LARGE',
    detail: string,
    hint?: string,
  ): undefined {
    this.#broken = true;
    const { problems, parameter } = this.#options;
    problems.add({ code, parameter, character: this.#cursor.character, detail, ...(hint ? { hint } : {}) });
  }
}
