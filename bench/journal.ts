/**
 * The journal beside a plain file that is appended to and synced, in the same run, on the same disk.
 * `node scripts/bench.mjs journal [folder]`; the folder tells the disk, the system's temporary one by default.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { systemClock } from '../src/base/clock.ts';
import { formatBytes, formatCount } from '../src/base/duration.ts';
import { silentLog } from '../src/base/log.ts';
import type { Journal } from '../src/journal/journal.ts';
import type { JournalLimits } from '../src/journal/limits.ts';
import { openJournal } from '../src/journal/open-journal.ts';

const RECORD_BYTES = 280;
const MEASURED_MS = 2_000;
const STREAMS = 1_000;
const STREAMS_MS = 10_000;
const CHURN_BYTES = 400_000_000;
const HELD_RECORDS = 50_000;

const root = mkdtempSync(path.join(process.argv[2] ?? os.tmpdir(), 'wharf-bench-'));
const print = (text: string) => process.stdout.write(`${text}\n`);

function records(count: number): Buffer {
  const padding = 'x'.repeat(RECORD_BYTES - '{"n":123456789,"padding":""}\n'.length);
  return Buffer.from(`{"n":123456789,"padding":"${padding}"}\n`.repeat(count));
}

/** Repeats one step for a while; steps a second. */
async function rate(step: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 20; i++) await step();
  const start = performance.now();
  let steps = 0;
  while (performance.now() - start < MEASURED_MS) {
    await step();
    steps += 1;
  }
  return (steps * 1_000) / (performance.now() - start);
}

async function withJournal<T>(
  limits: Partial<JournalLimits>,
  use: (journal: Journal) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(root, 'data-'));
  const journal = await openJournal({ folder, clock: systemClock, log: silentLog, limits });
  try {
    return await use(journal);
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true });
  }
}

async function plainFile(group: number): Promise<number> {
  const handle = await open(path.join(root, 'plain'), 'w');
  const body = records(group);
  try {
    return await rate(async () => {
      await handle.write(body);
      await handle.datasync();
    });
  } finally {
    await handle.close();
  }
}

async function journaled(group: number, callers: number, limits: Partial<JournalLimits>): Promise<number> {
  const body = records(group);
  return withJournal(limits, async (journal) => {
    const commit = () =>
      journal.commit({ appends: [{ stream: 's@1', dataset: 'main', count: group, body }] });
    const rates = await Promise.all(Array.from({ length: callers }, () => rate(commit)));
    return rates.reduce((sum, each) => sum + each, 0);
  });
}

async function benchGroups(): Promise<void> {
  print(
    '| records in a commit | plain file + fdatasync | journal, 1 caller, no interval | journal, 1 caller | journal, 8 callers |',
  );
  print('|---|---|---|---|---|');
  for (const group of [1, 100, 1_000]) {
    const plain = await plainFile(group);
    const shown = (commits: number) =>
      `${formatCount(Math.round(commits * group))}/s (${(commits / plain).toFixed(2)})`;
    const eager = await journaled(group, 1, { commitIntervalMs: 0 });
    const one = await journaled(group, 1, {});
    const eight = await journaled(group, 8, {});
    print(
      `| ${group} | ${formatCount(Math.round(plain * group))}/s | ${shown(eager)} | ${shown(one)} | ${shown(eight)} |`,
    );
  }
}

function percentile(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
}

/** Each stream sends a record a second, at its own moment. */
async function benchStreams(): Promise<void> {
  await withJournal({}, async (journal) => {
    const body = records(1);
    const latencies: number[] = [];
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const start = performance.now();
    const pending: Promise<void>[] = [];
    const send = async (stream: string) => {
      const sent = performance.now();
      await journal.commit({ appends: [{ stream, dataset: 'main', count: 1, body }] });
      latencies.push(performance.now() - sent);
    };
    for (let sent = 0; sent < (STREAMS * STREAMS_MS) / 1_000; ) {
      const due = Math.floor(((performance.now() - start) * STREAMS) / 1_000);
      for (; sent < due; sent++) pending.push(send(`product-${sent % STREAMS}@1`));
      await systemClock.sleep(1);
    }
    await Promise.all(pending);
    delay.disable();
    const seconds = (performance.now() - start) / 1_000;
    latencies.sort((a, b) => a - b);
    print(
      `${STREAMS} streams, 1 record/s each: ${(journal.stats().commits / seconds).toFixed(0)} syncs/s (at most 200), ` +
        `acknowledged in ${percentile(latencies, 0.5)} ms (p50), ${percentile(latencies, 0.99)} ms (p99); ` +
        `event loop p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms`,
    );
  });
}

async function benchReading(): Promise<void> {
  await withJournal({ commitIntervalMs: 0 }, async (journal) => {
    const body = records(1_000);
    for (let i = 0; i < 300; i++) {
      await journal.commit({ appends: [{ stream: 's@1', dataset: 'main', count: 1_000, body }] });
    }
    const start = performance.now();
    let bytes = 0;
    let count = 0;
    for (const block of journal.read('s@1', 1)) {
      bytes += block.body.length;
      count += block.last - block.first + 1;
    }
    const seconds = (performance.now() - start) / 1_000;
    print(
      `read back, checksums verified: ${formatCount(Math.round(count / seconds))} records/s, ${formatBytes(bytes / seconds)}/s`,
    );
  });
}

/** Appends and trims for long: the file must stay about as large as what is held. */
async function benchChurn(): Promise<void> {
  const folder = mkdtempSync(path.join(root, 'churn-'));
  const journal = await openJournal({
    folder,
    clock: systemClock,
    log: silentLog,
    limits: { commitIntervalMs: 0 },
  });
  const file = path.join(folder, 'journal', 'data.mdb');
  let trimMs = 0;
  for (let written = 0, turn = 0; written < CHURN_BYTES; turn++) {
    const count = 200 + ((turn * 7_919) % 1_600);
    const body = records(count);
    await journal.commit({ appends: [{ stream: `s${turn % 3}@1`, dataset: 'main', count, body }] });
    written += body.length;
    if (turn % 60 !== 59) continue;
    const start = performance.now();
    await journal.commit({
      trims: [0, 1, 2].map((s) => ({
        stream: `s${s}@1`,
        through: journal.head(`s${s}@1`) - HELD_RECORDS / 3,
      })),
    });
    trimMs = Math.max(trimMs, performance.now() - start);
  }
  const held = journal.streams().reduce((sum, stream) => sum + journal.heldBytes(stream), 0);
  print(
    `after ${formatBytes(CHURN_BYTES)} appended and trimmed: ${formatBytes(held)} held in a file of ` +
      `${formatBytes(statSync(file).size)}; slowest trim ${trimMs.toFixed(0)} ms; RSS ${formatBytes(process.memoryUsage.rss())}`,
  );
  await journal.close();
}

mkdirSync(root, { recursive: true });
try {
  await benchGroups();
  await benchStreams();
  await benchReading();
  await benchChurn();
} finally {
  rmSync(root, { recursive: true, force: true });
}
