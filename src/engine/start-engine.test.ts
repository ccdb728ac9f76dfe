import { setMaxListeners } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../base/clock.ts';
import { codeOf, type WharfError } from '../base/errors.ts';
import type { Engine, StatementProgress } from './engine.ts';
import { sqlProblemOf } from './failure-error.ts';
import {
  ENGINE_ROWS_MAX,
  POOL_MAX,
  PROCESS_OLD_MS,
  PROCESS_TASKS_OLD,
  SMALL_MEMORY_MB,
  SMALL_TASKS_BEFORE,
} from './limits.ts';
import { childProcesses, startTestEngine } from './test-engine.ts';

/** Runs for minutes unless it is stopped. */
const LONG = 'select count(*) from range(100000000000) a(i), range(1000) b(j) where (a.i * b.j) % 7 = 3';

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

async function processOf(engine: Engine): Promise<number> {
  const before = new Set(childProcesses());
  await engine.run('select 1');
  const [pid] = childProcesses().filter((id) => !before.has(id));
  if (pid === undefined) throw new Error('no new process');
  return pid;
}

describe('an engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = startTestEngine();
  });
  afterAll(() => engine.close());

  it('keeps nothing of the files that it has read, which may be gone', async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'wharf-read-')), 'a.parquet');
    await engine.run(`copy (select range as i from range(10000)) to '${file}' (format parquet)`);
    expect((await engine.run(`select max(i) from read_parquet('${file}')`)).rows).toEqual([[9_999n]]);
    const kept =
      "select sum(memory_usage_bytes)::varchar from duckdb_memory() where tag = 'EXTERNAL_FILE_CACHE'";
    expect((await engine.run(kept)).rows).toEqual([['0']]);
  });

  it('answers small statements alike, however many came before, also those that turn out to be large', async () => {
    const engine = startTestEngine({ memoryMb: 512 });
    try {
      const threads = async (sql = "select current_setting('threads')") =>
        Number((await engine.run(sql, { small: true })).rows[0]?.[0]);
      expect(await threads()).toBeGreaterThan(1);
      for (let i = 0; i < SMALL_TASKS_BEFORE; i++) await threads();
      expect(await threads()).toBe(1);
      expect((await engine.run("select current_setting('threads')")).rows[0]?.[0]).not.toBe(1n);
      // One value cannot be written to disk in parts.
      const bytes = (SMALL_MEMORY_MB + 16) * 1024 * 1024;
      expect(await threads(`select strlen(repeat('a', ${bytes}))`)).toBe(bytes);
    } finally {
      await engine.close();
    }
  });

  it('has a new process after many statements, and nobody notices', async () => {
    const before = new Set(childProcesses());
    const mine = () => childProcesses().filter((pid) => !before.has(pid));
    const engine = startTestEngine({ tasksMax: 4, threads: 1 });
    const stop = new AbortController();
    const stopped = engine.run(LONG, { signal: stop.signal });
    const seen = new Set<number>();
    const askUntil = async (processes: number): Promise<void> => {
      for (let turn = 0; seen.size < processes; turn++) {
        const answers = await Promise.all([1, 2, 3].map((i) => engine.run(`select ${turn} + ${i}`)));
        expect(answers.map(({ rows }) => rows[0]?.[0])).toEqual([turn + 1, turn + 2, turn + 3]);
        expect(await engine.rssBytes()).toBeGreaterThan(0);
        for (const pid of mine()) seen.add(pid);
        expect(mine().length, 'the one that works to its end, and the one in its place').toBeLessThanOrEqual(
          2,
        );
      }
    };
    try {
      await askUntil(2);
      expect(mine().length, 'what was begun goes on').toBe(2);
      stop.abort(new Error('enough'));
      await expect(stopped).rejects.toThrow('enough');
      await askUntil(3);
    } finally {
      await engine.close();
    }
    expect(mine()).toEqual([]);
  });

  it('has a new process after fewer statements when it is old', async () => {
    const before = new Set(childProcesses());
    const mine = () => childProcesses().filter((pid) => !before.has(pid));
    const clock = new VirtualClock(0);
    const engine = startTestEngine({ threads: 1, clock });
    try {
      const first = engine.run('select 1');
      clock.advance(1);
      await first;
      const pids = mine();
      await Promise.all(Array.from({ length: PROCESS_TASKS_OLD }, () => engine.run('select 1')));
      expect(mine()).toEqual(pids);
      clock.advance(PROCESS_OLD_MS);
      while (mine().some((pid) => pids.includes(pid))) await engine.run('select 1');
      expect(mine()).toHaveLength(1);
    } finally {
      await engine.close();
    }
  });

  it('tells somebody who watches how far a statement is, which changes nothing of what it may do', async () => {
    // The engine looks up from its work only where the caller's thread takes part in it: with one thread, always.
    const engine = startTestEngine({ threads: 1 });
    const stop = new AbortController();
    const heard: StatementProgress[] = [];
    const onProgress = (progress: StatementProgress) => {
      heard.push(progress);
      if (heard.length === 4) stop.abort(new Error('heard enough'));
    };
    const statements = ['create temp table t as select 1', LONG];
    await expect(engine.run(statements, { onProgress, signal: stop.signal })).rejects.toThrow('heard enough');
    expect(heard.slice(0, 2), 'each statement that began').toEqual([{ statement: 0 }, { statement: 1 }]);
    for (const { statement, rows: { done, total } = { done: -1, total: 0 } } of heard.slice(2))
      expect(statement === 1 && done >= 0 && done <= total && total > 0, `${done} of ${total}`).toBe(true);
    const { rows } = await engine.run('select 7', { onProgress });
    expect(rows).toEqual([[7]]);
    expect(sqlProblemOf(await failureOf(engine.run('set threads = 1', { onProgress })))?.message).toContain(
      'locked',
    );
    await engine.close();
  });

  it('rounds no value on the way', async () => {
    const { columns, rows } =
      await engine.run(`select 9223372036854775807 as a, (-9223372036854775807)::bigint - 1 as b,
      12345678901234567890123456789012345.678::decimal(38,3) as c, 0.1::double as d, '-0.0'::double as e,
      170141183460469231731687303715884105727::hugeint as f, true as g, null as h, date '2001-01-31' as i,
      timestamptz '2001-01-31 22:27:00.000001+01' as j, chr(65279) || 'ä€😀' as k, [1, 2] as l, 18446744073709551615::ubigint as m`);
    expect(columns).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm']);
    expect(rows).toEqual([
      [
        9223372036854775807n,
        -9223372036854775808n,
        '12345678901234567890123456789012345.678',
        0.1,
        -0,
        170141183460469231731687303715884105727n,
        true,
        null,
        '2001-01-31',
        '2001-01-31 21:27:00.000001+00',
        '\uFEFFä€😀',
        '[1, 2]',
        18446744073709551615n,
      ],
    ]);
  });

  it('binds parameters exactly', async () => {
    const params = [9007199254740993n, 42, 0.5, -0, 'O\'Hare "x" ä', true, null, 2n ** 100n];
    const sql =
      'select $1, $2, $3, $4, $5, $6, $7, $8, typeof($1), typeof($2), typeof($3), typeof($4), typeof($8)';
    const { rows } = await engine.run(sql, { params });
    expect(rows).toEqual([
      [
        9007199254740993n,
        42n,
        0.5,
        -0,
        'O\'Hare "x" ä',
        true,
        null,
        2n ** 100n,
        'BIGINT',
        'BIGINT',
        'DOUBLE',
        'DOUBLE',
        'HUGEINT',
      ],
    ]);
  });

  it('answers with the rows of the last of several statements', async () => {
    const { rows } = await engine.run(
      [
        'create temp table t (a integer)',
        'insert into t values (1), (2)',
        'select sum(a)::integer from t where a >= $1',
      ],
      { params: [2] },
    );
    expect(rows).toEqual([[2]]);
  });

  it('leaves nothing on a connection for the next caller', async () => {
    await failureOf(engine.run(['create temp table left_over (a integer)', 'begin', 'select nope']));
    const calls = Array.from({ length: POOL_MAX * 2 }, () =>
      failureOf(engine.run('select * from left_over')),
    );
    for (const error of await Promise.all(calls)) expect(codeOf(error)).toBe('ENGINE_SQL');
  });

  it('says where in the statement the SQL is wrong', async () => {
    const error = await failureOf(engine.run("select 'ä😀',\n  nope from (select 1 as a)"));
    expect(codeOf(error)).toBe('ENGINE_SQL');
    expect((error as WharfError).message).toContain('"nope"');
    expect(sqlProblemOf(error)).toMatchObject({ type: 'Binder', position: "select 'ä😀',\n  ".length });
    expect(sqlProblemOf(await failureOf(engine.run('select 1 +')))).toMatchObject({
      type: 'Parser',
      position: 10,
    });
  });

  it('describes a query without running it, over tables that exist for this call alone', async () => {
    const setup = ['create temp table t (a decimal(12,2), s struct(x bigint))'];
    const query = 'select a, s.x as x, s, 1/0 as d from t';
    const described = await Promise.all(Array.from({ length: 20 }, () => engine.describe(query, setup)));
    for (const columns of described) {
      expect(columns).toEqual([
        { name: 'a', type: 'DECIMAL(12,2)' },
        { name: 'x', type: 'BIGINT' },
        { name: 's', type: 'STRUCT("x" BIGINT)' },
        { name: 'd', type: 'DOUBLE' },
      ]);
    }
  });

  it('stops a statement at its deadline, and goes on', async () => {
    expect(codeOf(await failureOf(engine.run(LONG, { deadlineMs: 200 })))).toBe('ENGINE_DEADLINE');
    expect((await engine.run('select 7')).rows).toEqual([[7]]);
  });

  it('stops a statement whose caller went away, running or waiting', async () => {
    const abort = new AbortController();
    setMaxListeners(0, abort.signal);
    const calls = Array.from({ length: POOL_MAX + 4 }, () =>
      failureOf(engine.run(LONG, { signal: abort.signal })),
    );
    setTimeout(() => abort.abort(new Error('gone')), 200);
    for (const error of await Promise.all(calls)) expect((error as Error).message).toBe('gone');
    expect(((await failureOf(engine.run('select 1', { signal: abort.signal }))) as Error).message).toBe(
      'gone',
    );
    expect((await engine.run('select 7')).rows).toEqual([[7]]);
  });

  it('answers short questions while long ones run', async () => {
    const abort = new AbortController();
    const long = [1, 2].map(() => failureOf(engine.run(LONG, { signal: abort.signal })));
    let ended = 0;
    for (const one of long)
      void one.then(() => {
        ended += 1;
      });
    for (let i = 0; i < 5; i++) await engine.run('select count(*) from range(1000)');
    expect(ended).toBe(0);
    abort.abort(new Error('done'));
    await Promise.all(long);
  });

  it('says so when memory does not suffice, and goes on', async () => {
    const error = await failureOf(engine.run('select length(list(i)) from range(300000000) t(i)'));
    expect(codeOf(error)).toBe('ENGINE_MEMORY');
    expect((error as WharfError).retryable).toBe(true);
    expect((await engine.run('select 7')).rows).toEqual([[7]]);
  });

  it('refuses to hand over more rows than its bound instead of filling the memory of its caller', async () => {
    const error = await failureOf(engine.run(`select i from range(${ENGINE_ROWS_MAX + 1}) t(i)`));
    expect(codeOf(error)).toBe('ENGINE_ANSWER_TOO_LARGE');
    expect((await engine.run('select i from range(5000) t(i)')).rows.length).toBe(5_000);
  });

  it('refuses too large answers by their bytes too', async () => {
    const error = await failureOf(engine.run("select repeat('x', 1000000) from range(300)"));
    expect(codeOf(error)).toBe('ENGINE_ANSWER_TOO_LARGE');
  });

  it('fetches no extension and lets nobody change its configuration', async () => {
    expect(codeOf(await failureOf(engine.run("set TimeZone = 'Asia/Tokyo'")))).toBe('ENGINE_SQL');
    expect(codeOf(await failureOf(engine.run('install httpfs')))).toBe('ENGINE_SQL');
    expect(codeOf(await failureOf(engine.run('load spatial')))).toBe('ENGINE_SQL');
  });

  it('tells its memory', async () => {
    expect(await engine.rssBytes()).toBeGreaterThan(20_000_000);
  });
});

describe('an engine process that dies', () => {
  it('fails what ran with a retryable error, and what waited goes to the next process', async () => {
    const engine = startTestEngine();
    const pid = await processOf(engine);
    const running = Array.from({ length: POOL_MAX }, () => failureOf(engine.run(LONG)));
    const waiting = Array.from({ length: 4 }, () => engine.run('select 7'));
    setTimeout(() => process.kill(pid, 'SIGKILL'), 200);
    for (const error of await Promise.all(running)) {
      expect(codeOf(error)).toBe('ENGINE_DIED');
      expect((error as WharfError).retryable).toBe(true);
    }
    for (const { rows } of await Promise.all(waiting)) expect(rows).toEqual([[7]]);
    expect(childProcesses()).not.toContain(pid);
    await engine.close();
  });

  it('starts with the first call, and ends with the engine', async () => {
    const before = childProcesses();
    const temporaryFolder = mkdtempSync(path.join(os.tmpdir(), 'wharf-engine-'));
    const engine = startTestEngine({ temporaryFolder });
    expect(childProcesses()).toEqual(before);
    expect(await engine.rssBytes()).toBe(0);
    const pid = await processOf(engine);
    const running = failureOf(engine.run(LONG));
    await engine.close();
    expect(codeOf(await running)).toBe('ENGINE_CLOSED');
    expect(childProcesses()).not.toContain(pid);
    expect(readdirSync(temporaryFolder)).toEqual([]);
    expect(codeOf(await failureOf(engine.run('select 1')))).toBe('ENGINE_CLOSED');
  });

  it('says why it cannot start, to everybody who waits', async () => {
    const engine = startTestEngine({ temporaryFolder: '/dev/null/nowhere' });
    const errors = await Promise.all([1, 2, 3].map(() => failureOf(engine.run('select 1'))));
    for (const error of errors) expect(codeOf(error)).toBe('ENGINE_START_FAILED');
    expect((errors[0] as WharfError).message).toContain('/dev/null/nowhere');
    await engine.close();
  });
});
