import { describe, expect, it } from 'vitest';
import type { Dataset } from '../schema/field.ts';
import { snapshotSql } from './snapshot-sql.ts';

/** With the key one more. */
function datasetOf(columns: number): Dataset {
  const others = Array.from({ length: columns - 1 }, (_, i) => ({ name: `c${i}`, type: 'integer' }) as const);
  return { name: 'd', key: ['id'], extra: 'refuse', fields: [{ name: 'id', type: 'integer' }, ...others] };
}

describe('newer rows of a snapshot', () => {
  // 21,000 rows of 1,000 fields took all of the 256 MB that the reader has.
  it.each([
    { rows: 50_000, columns: 40, isKept: true },
    { rows: 50_001, columns: 2, isKept: false },
    { rows: 21_000, columns: 1_000, isKept: false },
    { rows: 2_000, columns: 1_000, isKept: true },
  ])('$rows of $columns columns: kept in memory is $isKept', ({ rows, columns, isKept }) => {
    const dataset = datasetOf(columns);
    const schema = dataset.fields.map(({ name }) => ({ name, type: 'BIGINT' }));
    const history = [{ path: '/h.parquet', schema }];
    const sql = snapshotSql(dataset, { base: undefined, deltas: [], history, bytes: 1, newerRows: rows });
    expect(sql.includes('MATERIALIZED')).toBe(isKept);
  });
});
