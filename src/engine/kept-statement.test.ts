import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineValue } from './engine.ts';
import { sqlProblemOf } from './failure-error.ts';
import { SMALL_TASKS_BEFORE } from './limits.ts';
import { startTestEngine } from './test-engine.ts';

describe('a statement that is kept', () => {
  let engine: Engine;
  beforeAll(() => {
    engine = startTestEngine();
  });
  afterAll(() => engine.close());

  const answer = async (sql: string, params: readonly EngineValue[], small = false) =>
    (await engine.run(sql, { kept: true, small, params })).rows;

  it('answers for its values each time, whatever their types, also when several run at once', async () => {
    const sql = 'select $1, typeof($1)';
    const values: readonly (readonly [EngineValue, string])[] = [
      [7n, 'BIGINT'],
      ['7', 'VARCHAR'],
      [0.5, 'DOUBLE'],
      [9007199254740993n, 'BIGINT'],
    ];
    for (const [value, type] of values) expect(await answer(sql, [value])).toEqual([[value, type]]);
    const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`);
    expect(await Promise.all(texts.map((text) => answer(sql, [text])))).toEqual(
      texts.map((text) => [[text, 'VARCHAR']]),
    );
  });

  it('goes on after it failed for one value', async () => {
    const sql = 'select cast($1 as integer) as n';
    expect(await answer(sql, ['1'])).toEqual([[1]]);
    await expect(answer(sql, ['one'])).rejects.toSatisfy(
      (thrown: unknown) => sqlProblemOf(thrown)?.message.includes('one') === true,
    );
    expect(await answer(sql, ['2'])).toEqual([[2]]);
  });

  it('is the same where small statements run', async () => {
    const sql = 'select sum(cast(n as bigint))::varchar from (select unnest(string_split($1, chr(10))) as n)';
    for (let i = 0; i <= SMALL_TASKS_BEFORE + 1; i++)
      expect(await answer(sql, [`1\n${i}`], true)).toEqual([[String(1 + i)]]);
  });

  it('is stopped like any other, and may be run again', async () => {
    const sql =
      'select count(*) from range(cast($1 as bigint)) a(i), range(1000) b(j) where (a.i * b.j) % 7 = 3';
    const stop = new AbortController();
    const running = engine.run(sql, { kept: true, params: ['100000000000'], signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(running).rejects.toThrow('enough');
    expect(await answer(sql, ['0'])).toEqual([[0n]]);
  });
});
