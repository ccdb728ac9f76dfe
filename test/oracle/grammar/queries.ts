/** Random queries: every step reads tables or other queries, and knows what tells its own rows apart. */
import { Aggregates } from './aggregate.ts';
import { Conditions } from './condition.ts';
import type { Draw } from './draw.ts';
import { Expressions } from './expression.ts';
import { joinQuery } from './join.ts';
import {
  type Column,
  columnsOfKind,
  type Kind,
  nameOf,
  type Query,
  type Relation,
  SCALARS,
  type Source,
  totalOrder,
} from './relation.ts';
import { tallyQuery } from './tally.ts';
import { windowQuery } from './window.ts';

/** More rows than this are cut down to the first ones of a total order. */
const ROWS_MAX = 60;
const KINDS: readonly Kind[] = [...SCALARS, 'object', 'array'];

export class Queries {
  readonly draw: Draw;
  readonly conditions: Conditions;
  readonly expressions: Expressions;
  readonly aggregates: Aggregates;
  readonly #tables: readonly Relation[];
  readonly #withs: string[] = [];

  constructor(draw: Draw, tables: readonly Relation[]) {
    this.draw = draw;
    this.#tables = tables;
    this.conditions = new Conditions(draw, tables);
    this.expressions = new Expressions(draw, (sources) => this.conditions.plain(sources));
    this.aggregates = new Aggregates(draw, this.expressions, (source) => this.conditions.plain([source]));
  }

  /** One statement, with its CTEs. */
  statement(): Query {
    const query = this.query(this.draw.between(0, 2));
    const withs = this.#withs.length > 0 ? `with ${this.#withs.join(', ')} ` : '';
    return { ...query, sql: `${withs}${query.sql}` };
  }

  query(depth: number): Query {
    const query = this.draw.one([
      () => this.#project(depth),
      () => this.#project(depth),
      () => joinQuery(this, depth),
      () => joinQuery(this, depth),
      () => joinQuery(this, depth),
      () => this.#group(depth),
      () => this.#group(depth),
      () => this.#group(depth),
      () => tallyQuery(this),
      () => tallyQuery(this),
      () => this.#total(depth),
      () => windowQuery(this, depth),
      () => windowQuery(this, depth),
      () => this.#distinct(depth),
      () => this.#first(depth),
      () => this.#setOperation(depth),
      () => this.#setOperation(depth),
      () => this.#unnest(depth),
    ])();
    return query.rows > ROWS_MAX ? this.#cut(query) : query;
  }

  /** A table as it is; rather one without a key, where there is one. */
  table(): Source {
    const keyless = this.#tables.filter(({ key }) => key === undefined);
    return {
      ...this.draw.one(keyless.length > 0 ? keyless : this.#tables),
      alias: this.draw.name('t'),
    };
  }

  /** A table, or a query in parentheses or by the name of a CTE. */
  source(depth: number): Source {
    const alias = this.draw.name('t');
    if (depth <= 0 || this.draw.chance(0.3)) return { ...this.draw.one(this.#tables), alias };
    const { sql, ...query } = this.query(depth - 1);
    if (this.draw.chance(0.5)) return { ...query, from: `(${sql})`, alias };
    const name = this.draw.name('c');
    const materialized = this.draw.one(['', '', 'materialized ', 'not materialized ']);
    this.#withs.push(`${name} as ${materialized}(${sql})`);
    return { ...query, from: name, alias };
  }

  where(sources: readonly Source[], share: number): string {
    return this.draw.chance(share) ? ` where ${this.conditions.any(sources)}` : '';
  }

  /** New names for the columns of a key, and what selects them. */
  renamedKey(source: Source): { readonly select: string[]; readonly columns: Column[] } {
    const columns = (source.key ?? []).map(
      (key) => source.columns.find(({ name }) => name === key) as Column,
    );
    const named = columns.map((column) => ({ ...column, name: this.draw.name('k') }));
    return {
      select: named.map(({ name }, i) => `${nameOf(source, columns[i] as Column)} as ${name}`),
      columns: named,
    };
  }

  /** Random values over the sources, with names. */
  values(sources: readonly Source[], from: number, to: number): { select: string[]; columns: Column[] } {
    const kinds = this.draw.times(from, to, () => this.draw.one(KINDS));
    const columns = kinds.map((kind) => ({ name: this.draw.name('v'), kind }));
    const select = columns.map(({ name, kind }) => `${this.#value(sources, kind)} as ${name}`);
    return { select, columns };
  }

  #value(sources: readonly Source[], kind: Kind): string {
    if (kind !== 'integer' || this.draw.chance(0.7)) return this.expressions.any(sources, kind);
    return `(${this.#scalarQuery(sources)})`;
  }

  #scalarQuery(sources: readonly Source[]): string {
    const table: Source = { ...this.draw.one(this.#tables), alias: this.draw.name('s') };
    const { sql, kind } = this.aggregates.any(table);
    const what = kind === 'integer' ? sql : 'count(*)';
    const where = this.draw.chance(0.7) ? ` where ${this.conditions.plain([table, ...sources])}` : '';
    return `select ${what} from ${table.from} ${table.alias}${where}`;
  }

  #project(depth: number): Query {
    const source = this.source(depth);
    const key = this.renamedKey(source);
    const values = this.values([source], 1, 3);
    const select = [...key.select, ...values.select];
    return {
      sql: `select ${select.join(', ')} from ${source.from} ${source.alias}${this.where([source], 0.3)}`,
      columns: [...key.columns, ...values.columns],
      key: source.key && key.columns.map(({ name }) => name),
      rows: source.rows,
    };
  }

  #group(depth: number): Query {
    const source = this.source(depth);
    const scalars = columnsOfKind(source, SCALARS);
    if (scalars.length === 0) return this.#total(depth);
    const grouped = this.draw.some(scalars, this.draw.between(1, 2));
    const keys = grouped.map((column) =>
      this.draw.chance(0.25)
        ? { sql: this.expressions.any([source], column.kind), kind: column.kind, required: false }
        : { sql: nameOf(source, column), kind: column.kind, required: column.required === true },
    );
    const named = keys.map(({ kind, required }) => ({ name: this.draw.name('k'), kind, required }));
    const aggregates = this.#aggregates(source);
    const by = keys.map(({ sql }) => sql).join(', ');
    const rollup = this.draw.chance(0.1);
    const having = this.draw.chance(0.3) ? ` having ${this.#having(source)}` : '';
    const groups = by === '' ? '' : ` group by ${rollup ? `rollup (${by})` : by}`;
    const select = [...keys.map(({ sql }, i) => `${sql} as ${named[i]?.name}`), ...aggregates.select];
    return {
      sql: `select ${select.join(', ')} from ${source.from} ${source.alias}${this.where([source], 0.3)}${groups}${having}`,
      columns: [...(rollup ? named.map(optional) : named), ...aggregates.columns],
      key: rollup ? undefined : named.map(({ name }) => name),
      rows: Math.min(source.rows, 10),
    };
  }

  #having(source: Source): string {
    const { sql, kind } = this.aggregates.any(source);
    return this.draw.one(['count(*) > 1', kind === 'integer' ? `${sql} > 2` : `${sql} is not null`]);
  }

  #aggregates(source: Source): { readonly select: string[]; readonly columns: Column[] } {
    const drawn = this.draw.times(1, 3, () => this.aggregates.any(source));
    const columns = drawn.map(({ kind }) => ({ name: this.draw.name('v'), kind }));
    return { select: drawn.map(({ sql }, i) => `${sql} as ${columns[i]?.name}`), columns };
  }

  /** Aggregates over everything: one row, or none with `having`. */
  #total(depth: number): Query {
    const source = this.source(depth);
    const one = this.draw.name('k');
    const { select, columns } = this.#aggregates(source);
    return {
      sql: `select 'all' as ${one}, ${select.join(', ')} from ${source.from} ${source.alias}${this.where([source], 0.3)}`,
      columns: [{ name: one, kind: 'string', required: true }, ...columns],
      key: [one],
      rows: 1,
    };
  }

  #distinct(depth: number): Query {
    const source = this.source(depth);
    if (source.key && this.draw.chance(0.5)) return this.#distinctOn(source);
    const columns = this.draw.some(source.columns, this.draw.between(1, 3));
    const named = columns.map((column) => ({ ...column, name: this.draw.name('v') }));
    const select = columns.map((column, i) => `${nameOf(source, column)} as ${named[i]?.name}`);
    return {
      sql: `select distinct ${select.join(', ')} from ${source.from} ${source.alias}${this.where([source], 0.3)}`,
      columns: named,
      key: named.map(({ name }) => name),
      rows: source.rows,
    };
  }

  #distinctOn(source: Source): Query {
    const on = this.draw.one(columnsOfKind(source, SCALARS));
    const values = this.values([source], 1, 2);
    const key = this.draw.name('k');
    const select = [`${nameOf(source, on)} as ${key}`, ...values.select];
    return {
      sql: `select distinct on (${nameOf(source, on)}) ${select.join(', ')} from ${source.from} ${source.alias} order by ${nameOf(source, on)}, ${totalOrder(source)}`,
      columns: [{ ...on, name: key }, ...values.columns],
      key: [key],
      rows: source.rows,
    };
  }

  /** The first rows of an order without ties. */
  #first(depth: number): Query {
    const source = this.source(depth);
    const key = this.renamedKey(source);
    const values = source.key ? { select: [], columns: [] } : this.values([source], 1, 2);
    const others = this.draw
      .some(source.columns, 2)
      .map((column) => ({ ...column, name: this.draw.name('v'), of: column }));
    const select = [
      ...key.select,
      ...values.select,
      ...others.map(({ name, of }) => `${nameOf(source, of)} as ${name}`),
    ];
    const by = nameOf(source, this.draw.one(source.columns));
    const direction = this.draw.one(['', ' desc', ' desc nulls last']);
    return {
      sql: `select ${select.join(', ')} from ${source.from} ${source.alias}${this.where([source], 0.3)} order by ${by}${direction}, ${totalOrder(source)} limit ${this.draw.between(1, 6)}${this.draw.chance(0.3) ? ' offset 1' : ''}`,
      columns: [...key.columns, ...values.columns, ...others.map(({ name, kind }) => ({ name, kind }))],
      key: source.key && key.columns.map(({ name }) => name),
      rows: 6,
    };
  }

  #setOperation(depth: number): Query {
    const kinds = this.draw.times(1, 3, () => this.draw.one(KINDS));
    const names = kinds.map(() => this.draw.name('v'));
    const sides = [this.source(depth), this.source(depth)];
    const [left, right] = sides.map((side) => {
      const select = kinds.map((kind, i) => `${this.expressions.any([side], kind)} as ${names[i]}`);
      return `select ${select.join(', ')} from ${side.from} ${side.alias}${this.where([side], 0.4)}`;
    });
    const operation = this.draw.one([
      'union',
      'union all',
      'except',
      'except all',
      'intersect',
      'intersect all',
      'union all by name',
    ]);
    return {
      sql: `${left} ${operation} ${right}`,
      columns: kinds.map((kind, i) => ({ name: names[i] as string, kind })),
      key: ['union', 'except', 'intersect'].includes(operation) ? names : undefined,
      rows: sides.reduce((sum, side) => sum + side.rows, 0),
    };
  }

  #unnest(depth: number): Query {
    const source = this.source(depth);
    const key = this.renamedKey(source);
    const item = this.draw.name('v');
    const list = this.expressions.any([source], 'array');
    return {
      sql: `select ${[...key.select, `unnest(${list}) as ${item}`].join(', ')} from ${source.from} ${source.alias}${this.where([source], 0.3)}`,
      columns: [...key.columns, { name: item, kind: 'integer' }],
      key: undefined,
      rows: source.rows * 2,
    };
  }

  #cut(query: Query): Query {
    const source: Source = { ...query, from: `(${query.sql})`, alias: this.draw.name('t') };
    return {
      ...query,
      sql: `select ${source.alias}.* from ${source.from} ${source.alias} order by ${totalOrder(source)} limit ${ROWS_MAX}`,
      rows: ROWS_MAX,
    };
  }
}

/** As on the side of a join that may be missing. */
export function optional(column: Column): Column {
  return { ...column, required: false };
}
