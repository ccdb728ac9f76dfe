/** Random aggregates over one source. What depends on the order of rows has an order without ties. */
import type { Draw } from './draw.ts';
import type { Expressions } from './expression.ts';
import { columnsOfKind, type Kind, nameOf, SCALARS, type Source, SQL_TYPES, totalOrder } from './relation.ts';

export interface Aggregate {
  readonly sql: string;
  readonly kind: Kind;
}

export class Aggregates {
  readonly #draw: Draw;
  readonly #expressions: Expressions;
  readonly #condition: (source: Source) => string;

  constructor(draw: Draw, expressions: Expressions, condition: (source: Source) => string) {
    this.#draw = draw;
    this.#expressions = expressions;
    this.#condition = condition;
  }

  any(source: Source): Aggregate {
    const { call, kind } = this.#call(source);
    const filter = this.#draw.chance(0.3) ? ` filter (where ${this.#condition(source)})` : '';
    return { sql: `cast(${call}${filter} as ${SQL_TYPES[kind]})`, kind };
  }

  #call(source: Source): { readonly call: string; readonly kind: Kind } {
    const draw = this.#draw;
    const scalar = draw.one(
      SCALARS.filter((kind) => columnsOfKind(source, [kind]).length > 0).concat('integer'),
    );
    const value = this.#value(source, scalar);
    const small = this.#value(source, draw.one(['integer', 'number'] as const));
    const summed = draw.one(['integer', 'number', 'decimal'] as const);
    const text = this.#value(source, 'string');
    const order = totalOrder(source);
    return draw.one<{ call: string; kind: Kind }>([
      { call: 'count(*)', kind: 'integer' },
      { call: `count(${value})`, kind: 'integer' },
      { call: `count(distinct ${value})`, kind: 'integer' },
      { call: `sum(${this.#value(source, summed)})`, kind: summed },
      { call: `sum(distinct ${this.#value(source, 'integer')})`, kind: 'integer' },
      { call: `min(${value})`, kind: scalar },
      { call: `max(${value})`, kind: scalar },
      { call: `avg(${small})`, kind: 'number' },
      { call: `median(${small})`, kind: 'number' },
      { call: `bool_or(${this.#value(source, 'boolean')})`, kind: 'boolean' },
      { call: `bool_and(${this.#value(source, 'boolean')})`, kind: 'boolean' },
      { call: `list(${this.#value(source, 'integer')} order by ${order})`, kind: 'array' },
      { call: `string_agg(${this.#value(source, 'string')}, ',' order by ${order})`, kind: 'string' },
      { call: `string_agg(distinct ${text}, ',' order by ${text})`, kind: 'string' },
      { call: `first(${value} order by ${order})`, kind: scalar },
      { call: `last(${value} order by ${order} desc)`, kind: scalar },
      { call: `arg_max(${value}, (${order}))`, kind: scalar },
    ]);
  }

  #value(source: Source, kind: Kind): string {
    if (this.#draw.chance(0.3)) return this.#expressions.any([source], kind);
    const columns = columnsOfKind(source, [kind]);
    return columns.length > 0
      ? nameOf(source, this.#draw.one(columns))
      : this.#expressions.column([source], kind);
  }
}
