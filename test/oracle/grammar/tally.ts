import type { Queries } from './queries.ts';
import { columnsOfKind, type Kind, nameOf, type Query, SCALARS, type Source } from './relation.ts';

/** A plain "group by" over one table: what the new rows of a table that only grows can be combined with. */
export function tallyQuery(queries: Queries): Query {
  const { draw } = queries;
  const source = queries.table();
  const scalars = columnsOfKind(source, SCALARS);
  const required = scalars.filter((column) => column.required);
  const by = draw.some(required.length > 0 ? required : scalars.slice(0, 1), draw.between(1, 2));
  const named = by.map((column) => ({ ...column, name: draw.name('k'), sql: nameOf(source, column) }));
  const keys = named.length > 0 ? named : [wholeAsText(queries, source)];
  const calls = draw
    .times(1, 3, () => tally(queries, source))
    .map((call) => ({ ...call, name: draw.name('v') }));
  const select = [...keys, ...calls].map(({ sql, name }) => `${sql} as ${name}`);
  const where = draw.chance(0.3) ? ` where ${queries.conditions.plain([source])}` : '';
  return {
    sql: `select ${select.join(', ')} from ${source.from} ${source.alias}${where} group by ${keys.map(({ sql }) => sql).join(', ')}`,
    columns: [...keys, ...calls].map(({ sql: _, ...column }) => column),
    key: keys.map(({ name }) => name),
    rows: 8,
  };
}

/** Of a table that has nothing but lists and objects. */
function wholeAsText({ draw }: Queries, source: Source) {
  const [first] = source.columns;
  if (!first) throw new Error('Invariant broken: every table has a column');
  return {
    name: draw.name('k'),
    kind: 'string',
    required: false,
    sql: `cast(${nameOf(source, first)} as varchar)`,
  } as const;
}

function tally(
  queries: Queries,
  source: Parameters<typeof nameOf>[0],
): { readonly sql: string; readonly kind: Kind } {
  const { draw, expressions } = queries;
  const kind = draw.one(SCALARS);
  const value = expressions.column([source], kind);
  const whole = expressions.column([source], 'integer');
  const filter = draw.chance(0.2) ? ` filter (where ${queries.conditions.plain([source])})` : '';
  return draw.one<{ sql: string; kind: Kind }>([
    { sql: `count(*)${filter}`, kind: 'integer' },
    { sql: `count(${value})${filter}`, kind: 'integer' },
    { sql: `sum(${whole})${filter}`, kind: 'integer' },
    { sql: `min(${value})${filter}`, kind },
    { sql: `max(${value})${filter}`, kind },
  ]);
}
