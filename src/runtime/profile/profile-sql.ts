/** The statements behind a profile: ordinary SQL, so that it counts what its reader may see and nothing else. */
import type { Field } from '../../schema/field.ts';

export const BINS = 24;
export const TOP_VALUES = 8;

export type Shape = 'histogram' | 'top' | 'none';

/** What the distribution of a field is drawn as. */
export function shapeOf({ type }: Field): Shape {
  switch (type) {
    case 'integer':
    case 'number':
    case 'decimal':
    case 'date':
    case 'timestamp':
      return 'histogram';
    case 'string':
    case 'boolean':
    case 'time':
      return 'top';
    case 'json':
    case 'bytes':
    case 'object':
    case 'array':
      return 'none';
  }
}

/** One row: `rows`, and for the field at `i` `there_i`, `distinct_i`, `min_i` and `max_i`, where it has them. */
export function countsSql(table: string, fields: readonly Field[], isExact: boolean): string {
  const columns = fields.flatMap((field, i) => {
    const name = quoted(field.name);
    const there = `count(${name}) as there_${i}`;
    if (shapeOf(field) === 'none') return [there];
    const distinct = isExact ? `count(distinct ${name})` : `approx_count_distinct(${name})`;
    return [
      there,
      `${distinct} as distinct_${i}`,
      `min(${name})::varchar as min_${i}`,
      `max(${name})::varchar as max_${i}`,
    ];
  });
  return `select count(*) as rows, ${columns.join(', ')} from ${table}`;
}

/** Rows of `field` (its place), `bin` (for histograms), `value` (for the most frequent ones) and `n`. */
export function shapesSql(table: string, fields: readonly (readonly [number, Field])[]): string {
  return fields
    .map(([place, field]) =>
      shapeOf(field) === 'histogram' ? histogram(table, place, field) : mostFrequent(table, place, field),
    )
    .join(' union all ');
}

function histogram(table: string, place: number, field: Field): string {
  const value = numeric(field);
  const bounds = `(select min(${value}) as low, max(${value}) as high from ${table}) as bounds`;
  const bin = `least(${BINS - 1}, floor((${value} - low) / (high - low) * ${BINS}))::integer`;
  return `(select ${place} as field, ${bin} as bin, null::varchar as value, count(*) as n from ${table}, ${bounds} where ${quoted(field.name)} is not null and high > low group by 2)`;
}

function mostFrequent(table: string, place: number, { name }: Field): string {
  return `(select ${place} as field, null::integer as bin, ${quoted(name)}::varchar as value, count(*) as n from ${table} where ${quoted(name)} is not null group by 3 order by 4 desc, 3 limit ${TOP_VALUES})`;
}

function numeric({ name, type }: Field): string {
  const isTime = type === 'date' || type === 'timestamp';
  return isTime ? `epoch(${quoted(name)})` : `${quoted(name)}::double`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
