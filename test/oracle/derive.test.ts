/**
 * Derived products judged by plain DuckDB: random meshes, random queries, random changes. See README.md for how to play a seed again.
 */
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { startWorkers, type Workers } from '../../src/runtime/start-workers.ts';
import { SEED } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { REGRESSIONS } from './regressions.ts';
import { type CaseResult, runCase } from './run-case.ts';
import { modeOf } from './ways.ts';

const CASES = Number(process.env.WHARF_ORACLE_CASES ?? 500);
/** Cases under way at the same time. */
const LANES = 3;
const DEADLINE_MS = 1_200_000;
const mode = modeOf(process.env.WHARF_ORACLE_MODE);

describe('derived products', () => {
  let workers: Workers;

  beforeAll(async () => {
    workers = startWorkers(path.join(await temporaryFolder('oracle'), 'workers'), silentLog);
  });

  afterAll(async () => {
    await Promise.all([workers.engine.close(), workers.reader.close(), workers.pool.close()]);
  });

  /** Stops at the first case that fails. */
  async function runAll(seeds: readonly number[]): Promise<CaseResult[]> {
    const results: CaseResult[] = [];
    const left = [...seeds];
    const lane = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        try {
          results.push(await runCase(next, workers, mode));
        } catch (error) {
          left.length = 0;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return results;
  }

  it(
    `are what their queries give, whatever happened to the inputs (${CASES} cases from seed ${SEED})`,
    async () => {
      const started = performance.now();
      const results = await runAll(Array.from({ length: CASES }, (_, i) => SEED + i));
      const seconds = ((performance.now() - started) / 1_000).toFixed(1);
      expect(results.length).toBe(CASES);
      console.log(`${tell(results)}, ${seconds} s on ${os.availableParallelism()} cores, seed ${SEED}`);
    },
    DEADLINE_MS,
  );

  it('are what their queries give where they once were not', async () => {
    expect((await runAll(REGRESSIONS)).length).toBe(REGRESSIONS.length);
  });
});

function tell(results: readonly CaseResult[]): string {
  const ways = results.flatMap((result) => result.ways);
  const count = (way: string) => ways.filter((taken) => taken === way).length;
  const sum = (of: (result: CaseResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  return `${results.length} cases, ${ways.length} derived products (merge ${count('merge')}, rekey ${count('rekey')}, refresh ${count('refresh')}, reduce ${count('reduce')}), ${sum((r) => r.batches)} batches, ${sum((r) => r.rows)} rows compared`;
}
