/**
 * A fixed script of a hundred records is broken at each of its system calls in turn: killed there (*crash points*), or told that the call failed
 * (*errors*). Afterwards the folder is opened again and compared, and the script goes on in it to its end.
 *
 * In the short form some of the calls are drawn, of each kind as many.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { present } from '../../../src/base/assert.ts';
import { integerBetween, oneOf, seededRandom } from '../../../src/base/random.ts';
import { startChild } from '../../../src/journal/children/start-child.ts';
import { TestEngines } from '../../../src/store/test-store.ts';
import { buildKitChild } from './build-child.ts';
import type { Experiment, ExperimentOptions, Report } from './experiment.ts';
import { acknowledgedIn, findWrong } from './scripted-answer.ts';
import { ShortWrites } from './short-writes.ts';
import { countCalls, DISK_CALLS, type Fault, startWithFault, straceIsThere } from './system-calls.ts';

/** A run that is longer than this hangs. */
const RUN_MS_MAX = 120_000;
/** Faults of the short form, of calls that are drawn. */
const SHORT_FAULTS = 3;
const RECORDS = 100;

interface Place {
  readonly call: string;
  readonly when: number;
}

type Placed = Place & (Fault | { readonly kind: 'short' });

interface Lives {
  readonly script: string;
  readonly engines: TestEngines;
  readonly options: ExperimentOptions;
  /** Undefined where the machine has no compiler. */
  readonly shortWrites: ShortWrites | undefined;
}

async function withLives(
  options: ExperimentOptions,
  run: (lives: Lives, counts: ReadonlyMap<string, number>) => Promise<Report>,
): Promise<Report> {
  if (!straceIsThere()) return { figures: {}, findings: [], skipped: 'strace is not there' };
  const child = await buildKitChild('scripted-store');
  const engines = await TestEngines.start();
  try {
    const folder = path.join(options.folder, 'counted');
    mkdirSync(folder, { recursive: true });
    const counts = await countCalls(child.file, [folder], options.folder);
    const shortWrites = ShortWrites.build(options.folder);
    return await run({ script: child.file, engines, options, shortWrites }, counts);
  } finally {
    await engines.close();
    child.remove();
  }
}

/** All places of these calls, or some of them. */
function placesOf(
  calls: readonly string[],
  counts: ReadonlyMap<string, number>,
  options: ExperimentOptions,
): Place[] {
  const all = calls.flatMap((call) =>
    Array.from({ length: counts.get(call) ?? 0 }, (_, i) => ({ call, when: i + 1 })),
  );
  if (options.form === 'long') return all;
  const random = seededRandom(options.seed);
  const met = [...new Set(all.map(({ call }) => call))];
  return Array.from({ length: Math.min(SHORT_FAULTS, all.length) }, () => {
    const call = oneOf(random, met);
    return { call, when: integerBetween(random, 1, counts.get(call) ?? 1) };
  });
}

function nameOf(fault: Placed): string {
  return `${fault.kind === 'error' ? fault.error : fault.kind} at ${fault.call} ${fault.when}`;
}

/** One life that meets the fault, a look, then a life without it to the script's end, and a look. */
async function live({ script, engines, options, shortWrites }: Lives, fault: Placed) {
  const folder = path.join(options.folder, nameOf(fault).replaceAll(' ', '-'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const child =
    fault.kind === 'short'
      ? present(shortWrites, 'short writes are asked for where they can be made').start(
          script,
          [folder],
          fault.when,
        )
      : startWithFault(script, [folder], fault);
  const timer = setTimeout(() => child.process.kill('SIGKILL'), RUN_MS_MAX);
  const started = Date.now();
  await child.ended;
  clearTimeout(timer);
  const hung = Date.now() - started >= RUN_MS_MAX ? [`it hung; it had told: ${child.lines.join(', ')}`] : [];
  const acknowledged = acknowledgedIn(child.lines);
  const first = await findWrong(engines, folder, acknowledged);
  const rest = startChild(process.execPath, [script, folder]);
  const { code } = await rest.ended;
  const again =
    code === 0 && rest.lines.includes('done') ? [] : [`it does not go on: ${rest.lines.join(', ')}`];
  const last = await findWrong(engines, folder, RECORDS);
  rmSync(folder, { recursive: true, force: true });
  const findings = [...hung, ...first, ...again, ...last, ...falseWord(fault, child.lines)];
  return {
    findings: findings.map((finding) => `${nameOf(fault)} (seed ${options.seed}): ${finding}`),
    ended: child.lines.includes('closed'),
    refused: child.lines.some((line) => line.startsWith('error ')),
  };
}

/** Once a sync has failed, nothing may be acknowledged any more: what the disk then holds is not known. */
function falseWord(fault: Placed, lines: readonly string[]): string[] {
  const at = lines.indexOf('error JOURNAL_SYNC_FAILED');
  const later = at < 0 ? undefined : lines.slice(at).find((line) => line.startsWith('ack '));
  return fault.kind === 'error' && later ? [`after a failed sync it told "${later}"`] : [];
}

/** In an order that is drawn, so that a run that is ended early has tried some of everything. */
async function runAll(lives: Lives, all: readonly Placed[]): Promise<Report> {
  const random = seededRandom(lives.options.seed);
  const faults = all
    .map((fault) => ({ fault, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ fault }) => fault);
  const findings: string[] = [];
  let ended = 0;
  let refused = 0;
  let tried = 0;
  for (const fault of faults) {
    if (lives.options.isOver()) break;
    tried += 1;
    const result = await live(lives, fault);
    findings.push(...result.findings);
    ended += result.ended ? 1 : 0;
    refused += result.refused ? 1 : 0;
    if (tried % 20 === 0) lives.options.tell(`${tried} of ${faults.length}, ${findings.length} findings`);
  }
  const figures = {
    faults: tried,
    'of all': faults.length,
    'ran to the end in spite of it': ended,
    'refused by name': refused,
  };
  return { figures, findings };
}

export const crashPoints: Experiment = {
  name: 'crash-points',
  promises: ['P1', 'P2', 'P7'],
  doc: 'A script of 100 records is killed at each write, sync, truncation, rename and unlink in turn, opened again, compared, and run to its end.',
  run: (options) =>
    withLives(options, (lives, counts) => {
      const places = placesOf(DISK_CALLS, counts, options);
      return runAll(
        lives,
        places.map((place) => ({ ...place, kind: 'kill' })),
      );
    }),
};

/** Reads count, too: what cannot be read must be said, not left out. `write` is left out: Node writes to its own threads and to the terminal with it, and takes a failure there for its own end. */
const SWEPT_CALLS = new Set<string>([...DISK_CALLS.filter((call) => call !== 'write'), 'openat', 'pread64']);

function errorsOf(call: string): readonly string[] {
  if (call === 'openat') return ['EMFILE'];
  return /write|truncate/.test(call) ? ['EIO', 'ENOSPC'] : ['EIO'];
}

export const errorSweep: Experiment = {
  name: 'error-sweep',
  promises: ['P1', 'P9', 'P10'],
  doc: 'The N-th open, read, write, sync, truncation, rename or unlink of the same script fails, for each N: no false acknowledgement, no hang, no silent skip.',
  run: (options) =>
    withLives(options, (lives, counts) => {
      const places = placesOf([...SWEPT_CALLS], counts, options);
      const faults = places.flatMap((place) =>
        errorsOf(place.call).map((error) => ({ ...place, kind: 'error' as const, error })),
      );
      return runAll(lives, faults);
    }),
};

export const shortWrites: Experiment = {
  name: 'short-writes',
  promises: ['P1', 'P10'],
  doc: 'The N-th write of the same script takes half of its bytes, for each N: the rest follows, or it is refused; nothing is taken for whole.',
  run: (options) =>
    withLives(options, async (lives) => {
      const { script, shortWrites: short } = lives;
      if (!short) return { figures: {}, findings: [], skipped: 'there is no C compiler (cc)' };
      const folder = path.join(options.folder, 'counted-writes');
      mkdirSync(folder);
      const count = await short.count(script, [folder]);
      const all = Array.from({ length: count }, (_, i) => ({
        call: 'write',
        when: i + 1,
        kind: 'short' as const,
      }));
      const chosen = options.form === 'long' ? all : [oneOf(seededRandom(options.seed), all)];
      return runAll(lives, chosen);
    }),
};
