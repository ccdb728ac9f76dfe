/** Any sequence of commits, trims, restarts and reads, against a model that is a plain array. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SEED } from '../../test/support/seed.ts';
import { VirtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { Commit, Journal } from './journal.ts';
import { openJournal } from './open-journal.ts';

const STREAMS = ['a@1', 'a@1/source', 'b@2'];

interface ModelRecord {
  readonly text: string;
  readonly dataset: string;
  readonly op: 'upsert' | 'delete';
}

class Model {
  readonly records = new Map<string, ModelRecord[]>(STREAMS.map((stream) => [stream, []]));
  readonly cursors = new Map<string, unknown>();
  /** The highest position that was asked to be trimmed. */
  readonly trimmed = new Map<string, number>();
}

const appends = fc.record({
  stream: fc.constantFrom(...STREAMS),
  dataset: fc.constantFrom('main', 'other'),
  documents: fc.array(
    fc.record({
      text: fc.string({ unit: 'binary', maxLength: 200 }),
      op: fc.constantFrom('upsert', 'delete'),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});
const commits = fc.record({
  kind: fc.constant('commit' as const),
  appends: fc.array(appends, { maxLength: 3 }),
  cursor: fc.option(fc.record({ task: fc.constantFrom('t1', 't2'), value: fc.option(fc.jsonValue()) })),
  trim: fc.option(fc.record({ stream: fc.constantFrom(...STREAMS), back: fc.integer({ min: -2, max: 10 }) })),
});
const together = fc.record({
  kind: fc.constant('together' as const),
  commits: fc.array(commits, { maxLength: 4 }),
});
const restart = fc.record({ kind: fc.constant('restart' as const), backMs: fc.integer({ min: -5, max: 5 }) });
const steps = fc.array(fc.oneof({ weight: 4, arbitrary: together }, { weight: 1, arbitrary: restart }), {
  maxLength: 12,
});

type CommitStep = typeof commits extends fc.Arbitrary<infer T> ? T : never;

function toCommit(step: CommitStep, model: Model): Commit {
  for (const { stream, dataset, documents } of step.appends) {
    const records = documents.map(({ text, op }) => ({ text, dataset, op: op as ModelRecord['op'] }));
    model.records.get(stream)?.push(...records);
  }
  if (step.cursor) model.cursors.set(step.cursor.task, step.cursor.value ?? undefined);
  const through = step.trim && (model.records.get(step.trim.stream)?.length ?? 0) - step.trim.back;
  if (step.trim && through != null) {
    model.trimmed.set(step.trim.stream, Math.max(through, model.trimmed.get(step.trim.stream) ?? 0));
  }
  return {
    appends: step.appends.map(({ stream, dataset, documents }) => ({
      stream,
      dataset,
      count: documents.length,
      body: Buffer.from(documents.map(({ text }) => `${JSON.stringify(text)}\n`).join('')),
      deletes: documents.flatMap(({ op }, i) => (op === 'delete' ? [i] : [])),
    })),
    cursors: step.cursor ? [{ task: step.cursor.task, value: step.cursor.value ?? undefined }] : [],
    trims: step.trim && through != null ? [{ stream: step.trim.stream, through }] : [],
  };
}

function check(journal: Journal, model: Model): void {
  for (const [stream, records] of model.records) {
    const tail = journal.tail(stream);
    expect(journal.head(stream)).toBe(records.length);
    expect(tail).toBeLessThanOrEqual(Math.max(model.trimmed.get(stream) ?? 0, 0) + 1);
    const blocks = [...journal.read(stream, tail)];
    const found = blocks.flatMap((block) =>
      Buffer.from(block.body)
        .toString()
        .slice(0, -1)
        .split('\n')
        .map((text, i) => ({
          text: JSON.parse(text),
          dataset: block.dataset,
          op: block.deletes.includes(i) ? 'delete' : 'upsert',
        })),
    );
    expect(found).toEqual(records.slice(tail - 1));
    expect(journal.heldBytes(stream) > 0).toBe(blocks.length > 0);
  }
  for (const [task, value] of model.cursors) expect(journal.cursor(task)).toEqual(value);
}

it('gives what was put in, in order, whatever is committed, trimmed and restarted', async () => {
  const property = fc.asyncProperty(steps, async (sequence) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-model-'));
    const clock = new VirtualClock(1_000_000);
    const limits = { commitIntervalMs: 0, blockBytesMax: 300 };
    const model = new Model();
    let journal = await openJournal({ folder, clock, log: silentLog, limits });
    let lastTimeUs = 0;
    try {
      for (const step of sequence) {
        if (step.kind === 'restart') {
          await journal.close();
          clock.advance(step.backMs);
          journal = await openJournal({ folder, clock, log: silentLog, limits });
        } else {
          const made = step.commits.map((each) => toCommit(each, model));
          const committed = await Promise.all(made.map((commit) => journal.commit(commit)));
          for (const { timeUs } of committed) {
            expect(timeUs).toBeGreaterThanOrEqual(lastTimeUs);
            lastTimeUs = timeUs;
          }
        }
        check(journal, model);
      }
    } finally {
      await journal.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: 60 });
});
