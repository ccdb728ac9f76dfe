import { readdirSync } from 'node:fs';
import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Database } from 'node-sqlite3-wasm';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type CollectOptions,
  collect,
  describePullInput,
  recordsOf,
} from '../../../test/conformance/inputs.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { systemClock, VirtualClock } from '../../base/clock.ts';
import type { Cursor } from '../../kit/input.ts';
import type { Field } from '../../schema/field.ts';
import { sqliteInput } from './sqlite-input.ts';

const MINUTE_MS = 60_000;
const ROWS = 3_000;
const PADDING = 'x'.repeat(200);

/** A database with these statements done, closed again. */
function make(file: string, ...statements: readonly string[]): void {
  const database = new Database(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

describePullInput('the news of a SQLite query', sqliteInput, async () => {
  const folder = await temporaryFolder('wharf-sqlite-');
  const series = `with recursive s(n) as (select 0 union all select n + 1 from s where n < ${ROWS - 1})`;
  make(path.join(folder, 'shop.db'), `create table t as ${series} select n, n || '${PADDING}' as t from s`);
  return {
    context: {
      // So seldom that no instant comes while the test runs.
      options: { path: 'shop.db', sql: 'select * from t', every: '10000d', mode: 'news', by: 'n' },
      baseFolder: folder,
      temporaryFolder: folder,
      fields: [
        { name: 'n', type: 'integer' },
        { name: 't', type: 'string' },
      ],
      key: ['n'],
    },
    records: Array.from({ length: ROWS }, (_, n) => `{"n":${n},"t":"${n}${PADDING}"}`),
    remove: () => rm(folder, { recursive: true }),
  };
});

describe('a query to a file of SQLite', () => {
  let folder: string;
  let file: string;
  let cursor: Cursor;
  beforeEach(async () => {
    folder = await temporaryFolder('wharf-sqlite-');
    file = path.join(folder, 'shop.db');
    await mkdir(path.join(folder, 'temporary'));
    cursor = undefined;
  });

  interface Asked {
    readonly options?: Readonly<Record<string, unknown>>;
    readonly fields?: readonly Field[];
    readonly baseFolder?: string;
  }

  async function read(
    { options, fields = [{ name: 'id', type: 'integer' }], baseFolder = folder }: Asked = {},
    more: CollectOptions = {},
  ) {
    const context = {
      options: { path: 'shop.db', sql: 'select * from t order by id', every: '1m', ...options },
      baseFolder,
      temporaryFolder: path.join(folder, 'temporary'),
      fields,
      key: ['id'],
    };
    const { batches } = await collect(sqliteInput, context, { cursor, ...more });
    cursor = batches.at(-1)?.cursor ?? cursor;
    expect(readdirSync(context.temporaryFolder), 'copies are removed').toEqual([]);
    return { batches, records: recordsOf(batches) };
  }

  test('brings each value as it is, whatever its column was declared as', async () => {
    make(
      file,
      `create table t (id integer primary key, big int, real real, cash decimal(10,2), at datetime, day date, yes boolean,
         blob blob, doc json, mixed)`,
      `insert into t values (1, 9223372036854775807, 0.1, 12.34, '2001-01-31 12:00:00.5Z', '2001-01-31', 1, x'00ff10', '{"a": [1,
         2]}', 'a' || char(0) || 'ß"\\' || char(10) || '🦆')`,
      `insert into t values (2, -9223372036854775808, 1e300, '0012.30', '2001-01-31 12:00:00', null, 'true', x'', '[]', 5)`,
      `insert into t values (3, 'a text', 9e999, 1.5, 981000000, 7, 2, 'a text', 'no document', 9007199254740993)`,
    );
    const fields: Field[] = [
      { name: 'id', type: 'integer' },
      { name: 'big', type: 'integer' },
      { name: 'real', type: 'number' },
      { name: 'cash', type: 'decimal', precision: 10, scale: 2 },
      { name: 'at', type: 'timestamp' },
      { name: 'day', type: 'date' },
      { name: 'yes', type: 'boolean' },
      { name: 'blob', type: 'bytes' },
      { name: 'doc', type: 'json' },
      { name: 'mixed', type: 'string' },
    ];
    expect((await read({ fields })).records).toEqual([
      `{"id":1,"big":9223372036854775807,"real":0.1,"cash":12.34,"at":"2001-01-31T12:00:00.5Z","day":"2001-01-31","yes":true,"blob":"AP8Q","doc":{"a": [1,          2]},"mixed":"a\\u0000ß\\"\\\\\\n🦆"}`,
      `{"id":2,"big":-9223372036854775808,"real":1e+300,"cash":12.3,"at":"2001-01-31T12:00:00","day":null,"yes":true,"blob":"","doc":[],"mixed":"5"}`,
      `{"id":3,"big":"a text","real":"Infinity","cash":1.5,"at":981000000,"day":7,"yes":2,"blob":"YSB0ZXh0","doc":"no document","mixed":"9007199254740993"}`,
    ]);
  });

  test('gives all rows as one whole, and asks again only when it is due', async () => {
    const clock = new VirtualClock(MINUTE_MS * 10.5);
    make(file, 'create table t (id int)', 'insert into t values (1), (2)');
    const first = await read({}, { clock });
    expect(first.records).toEqual(['{"id":1}', '{"id":2}']);
    expect(first.batches.map((batch) => batch.whole)).toEqual([{ first: true, last: true, deletes: true }]);
    expect((await read({}, { clock })).batches).toEqual([]);
    clock.advance(MINUTE_MS);
    make(file, 'delete from t where id = 1');
    expect((await read({}, { clock })).records).toEqual(['{"id":2}']);
  });

  test.each([
    ['numbers', '5', '5', '6'],
    ['numbers beyond those of JavaScript', '9007199254740993', '9007199254740993', '9007199254740994'],
    ['reals', '0.5', '0.5', '0.75'],
    ['texts, whatever their collation', `'b'`, `'b'`, `'ba'`],
  ])('gives only what is new by %s that grow', async (_, first, same, next) => {
    const clock = new VirtualClock(0);
    const news = async () => {
      clock.advance(MINUTE_MS);
      const options = { sql: 'select * from t', mode: 'news', by: 'v' };
      return (await read({ options }, { clock })).records;
    };
    make(file, 'create table t (id int, v collate nocase)', `insert into t values (1, ${first}), (0, null)`);
    expect(await news()).toEqual(['{"id":1}']);
    expect(await news()).toEqual([]);
    make(file, `insert into t values (2, ${same}), (3, ${next})`);
    expect(await news()).toEqual(['{"id":2}', '{"id":3}']);
    expect(await news()).toEqual([]);
  });

  test('waits for the end of a transaction that is half written into the file', async () => {
    make(file, `create table t (id integer, text)`);
    const fill = `with recursive s(n) as (select 1 union all select n + 1 from s where n < 500)
      insert into t select n, '${PADDING}' from s`;
    make(file, fill);
    const writer = new Database(file);
    writer.exec('pragma cache_size=2');
    writer.exec('begin');
    writer.exec('update t set id = id + 1000');
    expect(readdirSync(folder)).toContain('shop.db-journal');
    const reading = read();
    const waiting = systemClock.sleep(200).then(() => 'it waits');
    expect(await Promise.race([reading, waiting])).toBe('it waits');
    writer.exec('commit');
    writer.close();
    expect((await reading).records).toEqual(Array.from({ length: 500 }, (_, i) => `{"id":${i + 1001}}`));
  });

  test('reads a write-ahead log to its last commit, while its writer goes on', async () => {
    const writer = new Database(file);
    for (const statement of [
      'pragma locking_mode=exclusive',
      'pragma journal_mode=wal',
      'create table t (id)',
    ])
      writer.exec(statement);
    writer.exec('insert into t values (1)');
    writer.exec('begin');
    writer.exec('insert into t values (2)');
    expect((await read()).records).toEqual(['{"id":1}']);
    writer.exec('commit');
    cursor = undefined;
    expect((await read()).records).toEqual(['{"id":1}', '{"id":2}']);
    writer.close();
    cursor = undefined;
    expect((await read()).records).toEqual(['{"id":1}', '{"id":2}']);
  });

  test('says what is wrong with a query, an option or a file', async () => {
    await expect(read()).rejects.toMatchObject({ code: 'SQLITE_MISSING', retryable: true });
    await writeFile(file, 'no database, but a text of more than a hundred characters: '.repeat(3));
    await expect(read()).rejects.toThrow('"shop.db" is not a SQLite database.');
    await rm(file);
    make(file, 'create table t (id int)');
    const ask = (options: Readonly<Record<string, unknown>>) => read({ options });
    await expect(ask({ sql: 'select absent from t' })).rejects.toThrow('no such column: absent');
    await expect(ask({ sql: 'select 1 as id; select 2' })).rejects.toMatchObject({ code: 'SQLITE_FAILED' });
    await expect(ask({ sql: `select 1 as id) ; attach '/x' as y; --` })).rejects.toMatchObject({
      code: 'SQLITE_FAILED',
    });
    await expect(ask({ sql: 'delete from t returning *' })).rejects.toMatchObject({ code: 'SQLITE_FAILED' });
    await expect(ask({ sql: 'select 1 as other' })).rejects.toMatchObject({ code: 'SOURCE_COLUMN' });
    await expect(ask({ mode: 'news', by: 'none' })).rejects.toThrow('The query has no column "none"');
    const bytes = { sql: `select 1 as id, x'00' as v`, mode: 'news', by: 'v' };
    await expect(ask(bytes)).rejects.toMatchObject({ code: 'QUERY_OPTIONS_INVALID' });
  });

  test('stays inside of its folder, links followed', async () => {
    make(file, 'create table t (id int)');
    const inner = path.join(folder, 'inner');
    await mkdir(inner);
    await symlink(file, path.join(inner, 'shop.db'));
    await expect(read({ baseFolder: inner })).rejects.toMatchObject({ code: 'FILE_OUTSIDE' });
    await rm(path.join(inner, 'shop.db'));
    await copyFile(file, path.join(inner, 'shop.db'));
    expect((await read({ baseFolder: inner })).records).toEqual([]);
  });

  test('ends a query that never answers, and one that takes all memory', async () => {
    make(file, 'create table t (id int)');
    const endless = 'with recursive s(id) as (select 1 union all select id + 1 from s)';
    const clock = { nowMs: () => 0, sleep: () => Promise.resolve() };
    const sql = `${endless} select count(*) as id from s`;
    await expect(read({ options: { sql } }, { clock })).rejects.toMatchObject({ code: 'SQLITE_DEADLINE' });
    const large = `${endless} select id from s order by zeroblob(100000000), id`;
    await expect(read({ options: { sql: large } })).rejects.toMatchObject({ code: 'SQLITE_MEMORY' });
  });
});
