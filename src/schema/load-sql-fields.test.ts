import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { writeEnvelopes } from './envelope.ts';
import { SOURCE_POSITION, sourceRowsSql } from './load-sql.ts';

it('positions of source records can be read without naming a field, at any time of the clock', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-load-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const file = path.join(folder, 'source.ndjson');
    const body = Buffer.from('{"a":1}\n{"b":[{}]}\n');
    await writeFile(file, writeEnvelopes({ first: 7, last: 8, timeUs: 1, body, deletes: [] }));
    const sql = `select min(${SOURCE_POSITION}), max(${SOURCE_POSITION}) from (${sourceRowsSql([], file)})`;
    const result = await connection.runAndReadAll(sql);
    expect(result.getRows()).toEqual([[7n, 8n]]);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
});
