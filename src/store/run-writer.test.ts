import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../engine/test-engine.ts';
import { copyHistory } from './run-writer.ts';

const DEADLINE_MS = 60_000;

describe('the groups of rows of a run', () => {
  const engine = startTestEngine();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-groups-'));
  afterAll(() => engine.close());

  async function groupsOf(columns: number, rows: number): Promise<readonly unknown[]> {
    const file = path.join(folder, `${columns}.parquet`);
    const values = Array.from({ length: columns }, (_, i) => `i AS c${i}`).join(', ');
    const select = `SELECT ${values} FROM range(${rows}) r(i)`;
    expect(await copyHistory(engine, { select, columns }, file, { deadlineMs: DEADLINE_MS })).toBe(rows);
    const groups = await engine.run(
      `SELECT any_value(row_group_num_rows) FROM parquet_metadata('${file}') GROUP BY row_group_id ORDER BY row_group_id`,
    );
    return groups.rows.map(([size]) => Number(size));
  }

  it('are whole for narrow rows', async () => {
    expect(await groupsOf(10, 5_000)).toEqual([5_000]);
  });

  it('hold a bounded number of values, so wide rows come in more of them', async () => {
    expect(await groupsOf(1_500, 5_000)).toEqual([2_048, 2_048, 904]);
  });
});
