import { optional, type Queries } from './queries.ts';
import {
  type Column,
  columnsOfKind,
  type Kind,
  nameOf,
  type Query,
  SCALARS,
  type Source,
} from './relation.ts';

type JoinKind =
  | 'join'
  | 'left join'
  | 'right join'
  | 'full join'
  | 'semi join'
  | 'anti join'
  | 'cross join'
  | 'lateral';
const JOINS: readonly JoinKind[] = [
  'join',
  'join',
  'left join',
  'left join',
  'right join',
  'full join',
  'semi join',
  'anti join',
  'cross join',
  'lateral',
];

/** Two sources, joined in any way that SQL has. */
export function joinQuery(queries: Queries, depth: number): Query {
  const { draw } = queries;
  const [left, right] = [queries.source(depth), queries.source(depth)];
  const kind = draw.one(JOINS);
  if (kind === 'lateral') return lateral(queries, left, right);
  if (kind === 'cross join')
    return both(queries, left, right, {
      from: `${left.from} ${left.alias}, ${right.from} ${right.alias}`,
      kind,
    });
  const { sql: on, compared } = condition(queries, left, right);
  const from = `${left.from} ${left.alias} ${kind} ${right.from} ${right.alias} on ${on}`;
  if (kind === 'full join' && compared && draw.chance(0.7))
    return byCompared(queries, left, right, { from, compared });
  if (kind === 'semi join' || kind === 'anti join') return one(queries, left, from);
  return both(queries, left, right, { from, kind });
}

interface Compared {
  readonly kind: Kind;
  /** One column of each side. */
  readonly names: readonly [string, string];
}

/** `compared` where the columns are equal in rows of both sides. */
function condition(
  queries: Queries,
  left: Source,
  right: Source,
): { readonly sql: string; readonly compared?: Compared } {
  const { draw, conditions } = queries;
  const kinds = SCALARS.filter(
    (k) => columnsOfKind(left, [k]).length > 0 && columnsOfKind(right, [k]).length > 0,
  );
  if (kinds.length === 0) return { sql: conditions.plain([left, right]) };
  const kind = draw.one(kinds.includes('integer') && draw.chance(0.5) ? ['integer' as const] : kinds);
  const a = nameOf(left, joined(queries, left, kind));
  const b = nameOf(right, joined(queries, right, kind));
  const compare = draw.one(['=', '=', '=', '=', 'is not distinct from', '<', '>=']);
  const more = draw.chance(0.3) ? ` and ${conditions.plain([left, right])}` : '';
  const sql = `${a} ${compare} ${b}${more}`;
  return compare === '=' ? { sql, compared: { kind, names: [a, b] } } : { sql };
}

/** Grouped by what a full join compares, whichever side has it. */
function byCompared(
  queries: Queries,
  left: Source,
  right: Source,
  { from, compared }: { readonly from: string; readonly compared: Compared },
): Query {
  const { draw, aggregates } = queries;
  const [key, count] = [draw.name('k'), draw.name('v')];
  const by = `coalesce(${compared.names.join(', ')})`;
  const others = [left, right].map((side) => ({ ...aggregates.any(side), name: draw.name('v') }));
  const select = [
    `${by} as ${key}`,
    `count(*) as ${count}`,
    ...others.map(({ sql, name }) => `${sql} as ${name}`),
  ];
  return {
    sql: `select ${select.join(', ')} from ${from}${queries.where([left, right], 0.2)} group by ${by}`,
    columns: [
      { name: key, kind: compared.kind },
      { name: count, kind: 'integer' },
      ...others.map(({ name, kind }) => ({ name, kind })),
    ],
    key: [key],
    rows: left.rows + right.rows,
  };
}

/** Often a column of the key, since joins without any partners show little. */
function joined(queries: Queries, source: Source, kind: Kind): Column {
  const columns = columnsOfKind(source, [kind]);
  const keys = columns.filter(({ name }) => source.key?.includes(name));
  return queries.draw.one(keys.length > 0 && queries.draw.chance(0.6) ? keys : columns);
}

/** Rows of the left side alone. */
function one(queries: Queries, left: Source, from: string): Query {
  const key = queries.renamedKey(left);
  const values = queries.values([left], 1, 2);
  return {
    sql: `select ${[...key.select, ...values.select].join(', ')} from ${from}`,
    columns: [...key.columns, ...values.columns],
    key: left.key && key.columns.map(({ name }) => name),
    rows: left.rows,
  };
}

/** Both keys together are a key, unless nulls of a side that is missing meet nulls of one that is there. */
function both(
  queries: Queries,
  left: Source,
  right: Source,
  { from, kind }: { readonly from: string; readonly kind: JoinKind },
): Query {
  const [leftMissing, rightMissing] = [/right|full/.test(kind), /left|full/.test(kind)];
  const [a, b] = [queries.renamedKey(left), queries.renamedKey(right)];
  const values = queries.values([left, right], 1, 3);
  const where = queries.where([left, right], kind === 'cross join' ? 1 : 0.3);
  const keyed = left.key && right.key && !leftMissing;
  return {
    sql: `select ${[...a.select, ...b.select, ...values.select].join(', ')} from ${from}${where}`,
    columns: [
      ...(leftMissing ? a.columns.map(optional) : a.columns),
      ...(rightMissing ? b.columns.map(optional) : b.columns),
      ...values.columns,
    ],
    key: keyed ? [...a.columns, ...b.columns].map(({ name }) => name) : undefined,
    rows: Math.ceil((left.rows * right.rows) / 4),
  };
}

function lateral(queries: Queries, left: Source, drawn: Source): Query {
  // The engine computes no full join for each row of another table; a named query may hold one.
  const right = / full join /.test(drawn.from) || /^c\d/.test(drawn.from) ? queries.source(0) : drawn;
  const key = queries.renamedKey(left);
  const { sql, kind } = queries.aggregates.any(right);
  const [inner, alias, outer] = [queries.draw.name('x'), queries.draw.name('l'), queries.draw.name('v')];
  const where = queries.conditions.plain([left, right]);
  const from = `${left.from} ${left.alias}, lateral (select ${sql} as ${inner} from ${right.from} ${right.alias} where ${where}) ${alias}`;
  return {
    sql: `select ${[...key.select, `${alias}.${inner} as ${outer}`].join(', ')} from ${from}`,
    columns: [...key.columns, { name: outer, kind }],
    key: left.key && key.columns.map(({ name }) => name),
    rows: left.rows,
  };
}
