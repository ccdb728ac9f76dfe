import type { Queries } from './queries.ts';
import {
  columnsOfKind,
  type Kind,
  nameOf,
  type Query,
  SCALARS,
  type Source,
  SQL_TYPES,
  totalOrder,
} from './relation.ts';

const FRAMES = [
  '',
  '',
  ' rows between 1 preceding and current row',
  ' rows between unbounded preceding and unbounded following',
];

/** One or two window functions over a source, with or without `qualify`. */
export function windowQuery(queries: Queries, depth: number): Query {
  const { draw } = queries;
  const source = queries.source(depth);
  const key = queries.renamedKey(source);
  const drawn = draw.times(1, 2, () => windowCall(queries, source));
  const columns = drawn.map(({ kind }) => ({ name: draw.name('v'), kind }));
  const calls = drawn.map(({ sql, kind }, i) => `cast(${sql} as ${SQL_TYPES[kind]}) as ${columns[i]?.name}`);
  const qualify = draw.chance(0.4) ? ` qualify ${ranked(queries, source)}` : '';
  return {
    sql: `select ${[...key.select, ...calls].join(', ')} from ${source.from} ${source.alias}${queries.where([source], 0.3)}${qualify}`,
    columns: [...key.columns, ...columns],
    key: source.key && key.columns.map(({ name }) => name),
    rows: source.rows,
  };
}

function over(queries: Queries, source: Source, frame: string): string {
  const { draw } = queries;
  const scalars = columnsOfKind(source, SCALARS);
  const partition =
    scalars.length > 0 && draw.chance(0.75) ? `partition by ${nameOf(source, draw.one(scalars))} ` : '';
  const by = draw.chance(0.5)
    ? `${nameOf(source, draw.one(source.columns))}${draw.one(['', ' desc'])}, `
    : '';
  return `over (${partition}order by ${by}${totalOrder(source)}${frame})`;
}

function windowCall(queries: Queries, source: Source): { readonly sql: string; readonly kind: Kind } {
  const { draw } = queries;
  const scalar = draw.one(SCALARS);
  const value = queries.expressions.any([source], scalar);
  const whole = queries.expressions.column([source], 'integer');
  const ordered = over(queries, source, '');
  const framed = over(queries, source, draw.one(FRAMES));
  return draw.one<{ sql: string; kind: Kind }>([
    { sql: `row_number() ${ordered}`, kind: 'integer' },
    { sql: `rank() ${ordered}`, kind: 'integer' },
    { sql: `dense_rank() ${ordered}`, kind: 'integer' },
    { sql: `count(*) ${framed}`, kind: 'integer' },
    { sql: `sum(${whole}) ${framed}`, kind: 'integer' },
    { sql: `min(${value}) ${framed}`, kind: scalar },
    { sql: `max(${value}) ${framed}`, kind: scalar },
    { sql: `first_value(${value}) ${framed}`, kind: scalar },
    { sql: `lag(${value}) ${ordered}`, kind: scalar },
    { sql: `lead(${value}) ${ordered}`, kind: scalar },
    { sql: `list(${whole}) ${framed}`, kind: 'array' },
  ]);
}

function ranked(queries: Queries, source: Source): string {
  const { draw } = queries;
  return draw.one([
    `row_number() ${over(queries, source, '')} <= ${draw.between(1, 2)}`,
    `rank() ${over(queries, source, '')} = 1`,
    `count(*) ${over(queries, source, '')} > 1`,
  ]);
}
