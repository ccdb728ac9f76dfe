/** All that keeps a column or a query from being traced, with what to write instead. */

export interface Obstacle {
  /** What stands in the way; a clause that goes on behind a colon. */
  readonly why: string;
  /** What to write instead. A sentence. */
  readonly instead: string;
}

/** Two columns that a join compares, as they would be written over the inputs. */
export interface ComparedNames {
  readonly left: string;
  readonly right: string;
}

/** Of single columns: the others of the same query may be traced. */
export const COLUMN_OBSTACLES = {
  aggregate: {
    why: 'it is an aggregate',
    instead: 'Make what is grouped by the key.',
  },
  window: {
    why: 'it is a window function',
    instead: 'Make a column that every window is partitioned by the key, or a part of it.',
  },
  partition: {
    why: 'a window is not partitioned by it',
    instead:
      'Begin each window with "partition by" this column; what ranks all rows is best a product of its own.',
  },
  distinctOn: {
    why: 'distinct on (...) does not name it',
    instead: 'Name it in "distinct on (...)".',
  },
  groupings: {
    why: 'several groupings are not followed',
    instead: 'Write a query with one "group by" for each of them, and "union all" between these.',
  },
  constant: {
    why: 'it is a constant',
    instead: 'Add a column of an input to the key; an aggregate over all rows changes with each of them.',
  },
  computed: {
    why: 'it is computed in a way that is not followed',
    instead: 'Make the columns that it is computed of the key, and give it in another field.',
  },
  ofSeveral: {
    why: 'it is made of columns of several inputs',
    instead: 'Give these columns as fields of their own, and make them the key.',
  },
  marks: {
    why: 'it tells whether there is another row',
    instead: 'Make columns of the inputs the key.',
  },
  ofQueries: {
    why: 'it is made of several queries',
    instead: 'Give the same column of the inputs in each of the queries.',
  },
  notEverywhere: {
    why: 'it is not traced to every input',
    instead: 'Join each input by an equality with the column that is the key.',
  },
} as const satisfies Record<string, Obstacle>;

/** Of whole queries: nothing is known of their columns. */
export const QUERY_OBSTACLES = {
  recursive: {
    why: 'a recursive query is not followed',
    instead: 'Write as many joins as there are steps, where their number is known.',
  },
  tableFunction: {
    why: 'a table function is not followed',
    instead: 'Read inputs alone; unfold lists in a product of its own.',
  },
  nested: {
    why: 'a sub-query of a sub-query is not followed',
    instead: 'Write the inner sub-query as a join within the outer one.',
  },
  tooMany: {
    why: 'so many sub-queries are not followed',
    instead: 'Write them as joins with queries that are grouped by what ties them.',
  },
  noInput: {
    why: 'it reads no input',
    instead: 'Read an input.',
  },
} as const satisfies Record<string, Obstacle>;

const INSTEAD_OF: Readonly<Record<string, string>> = {
  limit:
    'Leave the limit to those who read ("limit" in SQL, "?limit=" in REST), or rank within the key: qualify row_number() over (partition by ... order by ...) <= n.',
  unnest: 'Unfold the list in a product of its own, with "key: row", and query that.',
  pivot: 'Write one aggregate with "filter (where ...)" for each column.',
};

/** Of an operator of the plan that is not listed in `trace-plan.ts`. */
export function operatorObstacle(type: unknown): Obstacle {
  const words = String(type)
    .replace(/^LOGICAL_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  const instead =
    INSTEAD_OF[words] ??
    'Write this part as joins, "group by" and windows, or as a product of its own that this one reads.';
  return { why: `"${words}" is not followed`, instead };
}

export function joinKindObstacle(type: unknown): Obstacle {
  return {
    why: `a ${String(type).toLowerCase()} join is not followed`,
    instead:
      'Write an inner or left join with an equality, and choose among its rows: qualify row_number() over (partition by ... order by ...) = 1.',
  };
}

/** `pairs` are the columns that the join compares, as far as they are columns of tables. */
export function outerObstacle(type: string, pairs: readonly ComparedNames[]): Obstacle {
  const [pair] = pairs;
  if (type !== 'LEFT' && type !== 'RIGHT' && type !== 'SINGLE') {
    return {
      why: 'it is on a side of a full join, where rows may be missing',
      instead: pair
        ? `Write coalesce(${pair.left}, ${pair.right}) in its place.`
        : 'Join by an equality of columns, and write coalesce(...) of these two in its place.',
    };
  }
  const kept = pair && (type === 'RIGHT' ? pair.right : pair.left);
  return {
    why: 'it is on the side of an outer join that may be missing',
    instead: `Make columns of the other side the key${kept === undefined ? '' : `, such as ${kept}`}; or write an inner join.`,
  };
}

/** `x not in (select y ...)` where x or y may be null, or both. */
export function notInObstacle(
  pair: ComparedNames = { left: 'x', right: 'y' },
  mayBeNull: { readonly left: boolean; readonly right: boolean } = { left: true, right: true },
): Obstacle {
  const { left: x, right: y } = pair;
  const outer = mayBeNull.left ? `${x} is not null and ${x} not in` : `${x} not in`;
  const inner = mayBeNull.right ? `(select ... where ${y} is not null)` : '(select ...)';
  return {
    why: 'with "not in", a null changes the answer for every row',
    instead: `Write: not exists (select 1 from ... where ${y} = ${x}). Or leave nulls out: ${outer} ${inner}.`,
  };
}

/** `tables` are those of the other side. */
export function untiedObstacle(tables: readonly string[]): Obstacle {
  const names = [...new Set(tables)].map((table) => `"${table}"`).join(', ');
  return {
    why: `the join does not tie it to ${names} by an equality`,
    instead: `Tie ${names} by an equality of columns, in "on" or in the "where" of the sub-query. A value over all rows of it changes every row: make that a product of its own.`,
  };
}
