/**
 * `merge`: one table whose rows are only ever added, grouped by the output's key, with aggregates that combine: what they are for some
 * rows, and for others, gives what they are for all. So the new rows are grouped alone, and combined with the state.
 *
 * Sums of `number` are left out: they depend on the order of the additions in their last digits.
 */
import { columnsOf, type Dataset, type Field, keyFieldsOf } from '../../schema/field.ts';
import { sqlType } from '../../schema/sql-type.ts';
import { isNode, type SqlNode } from '../sql-tree.ts';
import { type Expression, readExpression, substitute, typeOf } from './expression.ts';
import { childrenOf } from './trace-plan.ts';

/** How what a field was and what new rows give become what it is. */
export type Combine = 'key' | 'add' | 'least' | 'greatest';

export interface MergePlan {
  readonly table: string;
  /** For each field of the dataset, in order. */
  readonly combines: readonly { readonly field: string; readonly combine: Combine }[];
}

export interface NoMerge {
  /** A sentence. */
  readonly reason: string;
  /** What to write instead. A sentence. */
  readonly instead: string;
}

const COMBINING = 'count, sum of integers or decimals, min and max';
const INTEGERS = /^(HUGE|BIG|SMALL|TINY)?INT(EGER)?$/;
const COMBINES: Readonly<Record<string, Combine>> = {
  count_star: 'add',
  count: 'add',
  sum: 'add',
  sum_no_overflow: 'add',
  min: 'least',
  max: 'greatest',
};

/** `root` is the plan of the dataset's columns, in order. `isAppended` tells of tables to which rows are only ever added. */
export function planMerge(
  dataset: Dataset,
  root: SqlNode,
  isAppended: (table: string) => boolean,
): MergePlan | NoMerge {
  const found = findAggregate(root);
  if (!found)
    return {
      reason: 'The query is more than a "group by" over one input.',
      instead: `Group one append-only input by the key, with ${COMBINING}, and do the rest in a product that reads this one.`,
    };
  const { aggregate, columns } = found;
  const table = scannedTable(childrenOf(aggregate)[0]);
  if (table === undefined)
    return {
      reason: 'What is grouped is more than the rows of one input.',
      instead: 'Group the append-only input by itself, and join in a product that reads this one.',
    };
  if (!isAppended(table))
    return {
      reason: `Records of "${table}" may be replaced or deleted.`,
      instead: `Declare "key: none" in the product behind "${table}", if its records are only ever added.`,
    };
  return combineColumns(dataset, aggregate, columns, table);
}

interface Found {
  readonly aggregate: SqlNode;
  /** The plan's columns, made of the aggregate's. */
  readonly columns: readonly (Expression<number> | undefined)[];
}

/** Through projections and orders; anything else between leaves out or repeats groups. */
function findAggregate(node: SqlNode): Found | undefined {
  const [child] = childrenOf(node);
  if (node.type === 'LOGICAL_AGGREGATE_AND_GROUP_BY') return { aggregate: node, columns: ownColumns(node) };
  if (node.type === 'LOGICAL_ORDER_BY') return child && findAggregate(child);
  if (node.type !== 'LOGICAL_PROJECTION' || !child) return undefined;
  const below = findAggregate(child);
  if (!below) return undefined;
  const columns = listOf(node.expressions).map((expression) => {
    const own = readExpression(expression);
    return own && substitute(own, (i) => below.columns[i]);
  });
  return { aggregate: below.aggregate, columns };
}

function ownColumns(aggregate: SqlNode): Expression<number>[] {
  const width = listOf(aggregate.groups).length + listOf(aggregate.expressions).length;
  return Array.from({ length: width }, (_, column) => ({ kind: 'column', column }));
}

/** Each row by itself becomes one or none. */
function scannedTable(node: SqlNode | undefined): string | undefined {
  if (!node) return undefined;
  if (node.type === 'LOGICAL_PROJECTION' || node.type === 'LOGICAL_FILTER')
    return scannedTable(childrenOf(node)[0]);
  const data = isNode(node.function_data) ? node.function_data : {};
  const isScan = node.type === 'LOGICAL_GET' && node.name === 'seq_scan' && typeof data.table === 'string';
  return isScan ? String(data.table) : undefined;
}

function combineColumns(
  dataset: Dataset,
  aggregate: SqlNode,
  columns: readonly (Expression<number> | undefined)[],
  table: string,
): MergePlan | NoMerge {
  const groups = listOf(aggregate.groups);
  const sets = listOf(aggregate.grouping_sets);
  if (groups.length === 0 || sets.length > 1)
    return {
      reason: 'The query has no groups, or several groupings.',
      instead: 'Write one "group by" over the columns that are the key.',
    };
  const keys = new Set(keyFieldsOf(dataset).map((field) => field.name));
  const shown = new Set<number>();
  const combines: { field: string; combine: Combine }[] = [];
  for (const [i, field] of columnsOf(dataset).entries()) {
    const place = placeOf(columns[i], field);
    if (place === undefined)
      return {
        reason: `"${field.name}" is computed of the groups.`,
        instead: `Give what "${field.name}" is computed of as fields, and compute it where they are read.`,
      };
    const group = groups[place];
    if (group !== undefined) shown.add(place);
    if (keys.has(field.name) !== (group !== undefined)) return differentKey(field.name, group !== undefined);
    const aggregated = listOf(aggregate.expressions)[place - groups.length];
    const combine = group === undefined ? combineOf(aggregated, field) : keyOf(group, field);
    if (!combine) return group === undefined ? notCombining(field.name) : roundedKey(field.name);
    combines.push({ field: field.name, combine });
  }
  if (shown.size < groups.length)
    return {
      reason: 'Not all that is grouped by is part of the key.',
      instead: 'Give every column of the "group by" as a field, and make all of them the key.',
    };
  return { table, combines };
}

function differentKey(field: string, isGrouped: boolean): NoMerge {
  return {
    reason: `The key and the "group by" differ in "${field}".`,
    instead: isGrouped ? `Add "${field}" to the key.` : `Group by "${field}", or take it out of the key.`,
  };
}

function notCombining(field: string): NoMerge {
  return {
    reason: `"${field}" does not combine: it is another aggregate than count, sum, min and max, or of a type that may round.`,
    instead: `Give ${COMBINING} in its place: an average as sum and count, a sum of "number" as one of "decimal".`,
  };
}

function roundedKey(field: string): NoMerge {
  return {
    reason: `"${field}" is grouped by in a type in which two values may be one, or one look like two.`,
    instead: `Group by it as it is declared: write the cast in the query, and not as "number".`,
  };
}

/** The column of the aggregate that this is, in a type in which its values are the same. */
function placeOf(expression: Expression<number> | undefined, field: Field): number | undefined {
  if (expression?.kind === 'column') return expression.column;
  if (expression?.kind !== 'cast' || expression.isTry) return undefined;
  const isWide = expression.type === sqlType(field) || /^(BIG|HUGE)INT$/.test(expression.type);
  return isWide && /^(integer|decimal)$/.test(field.type) ? placeOf(expression.of, field) : undefined;
}

/** Two groups must not become one key. */
function keyOf(group: unknown, field: Field): Combine | undefined {
  return isNode(group) && keepsValues(typeOf(group.return_type), field) ? 'key' : undefined;
}

function combineOf(node: unknown, field: Field): Combine | undefined {
  if (!isNode(node) || node.aggregate_type !== 'NON_DISTINCT' || isNode(node.order_bys)) return undefined;
  const combine = COMBINES[String(node.name)];
  return combine && keepsValues(typeOf(node.return_type), field) ? combine : undefined;
}

/** True when a value of the aggregate's type is the same in the field's: then it makes no difference when it is cast. */
function keepsValues(type: string | undefined, field: Field): boolean {
  if (type === undefined) return false;
  if (field.type === 'integer') return INTEGERS.test(type);
  if (field.type === 'decimal') {
    const scale = INTEGERS.test(type) ? 0 : Number(/^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1] ?? Number.NaN);
    return scale <= (field.scale ?? 0);
  }
  const same: Partial<Record<Field['type'], RegExp>> = {
    string: /^VARCHAR$/,
    boolean: /^BOOLEAN$/,
    date: /^DATE$/,
    time: /^TIME$/,
    timestamp: field.zone === 'local' ? /^TIMESTAMP$/ : /^TIMESTAMP WITH TIME ZONE$/,
  };
  return same[field.type]?.test(type) ?? false;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
