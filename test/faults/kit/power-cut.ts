/**
 * The power is cut while a process journals, flushes, merges and drops, again and again on one disk; then the disk is mounted as it was left,
 * opened, and compared with what was acknowledged.
 *
 * Another program syncs a file of its own on the same disk, as some program always does: that has the file system write out names and sizes
 * early, and so shows files whose contents were not synced before they were named.
 *
 * *Controls*: the same with syncs that do nothing. An acknowledgement that rests on them must be found false, or the test proves nothing.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { integerBetween, type Random, seededRandom } from '../../../src/base/random.ts';
import { type RunningChild, startChild } from '../../../src/journal/children/start-child.ts';
import { AskedChild } from './asked-child.ts';
import { buildKitChild } from './build-child.ts';
import type { Experiment, ExperimentOptions, Report } from './experiment.ts';
import { LoopDisk } from './loop-disk.ts';
import { acknowledgedIn } from './scripted-answer.ts';
import { straceIsThere } from './system-calls.ts';

const CUTS = { brief: 3, short: 20, long: 200 } as const;
/** Acknowledgements before the cut; between any two of them it flushes and merges. Counted, so that slow lives see as much. */
const ACKNOWLEDGEMENTS = { min: 1, max: 6 } as const;
/** From the last of them to the cut. */
const REST_MS_MAX = 100;
/** Lives on one disk; then comes an empty one, since the first steps in a folder are those that sync names. */
const CUTS_A_DISK = 10;
/** A control that was not noticed in so many cuts counts as never noticed. */
const CONTROL_CUTS_MAX = 20;
const BYSTANDER = 'while :; do echo x >> "$0" && sync "$0" && sleep 0.05 || exit; done';

const SYNCS = 'fsync,fdatasync,msync,sync_file_range,syncfs';
/** What is left out, and the calls that then do nothing and say that they did. */
const CONTROLS: Readonly<Record<string, string>> = {
  'no syncs at all': SYNCS,
  'no syncs of runs and folders': 'fsync',
};

interface Bench {
  readonly writer: string;
  readonly looker: AskedChild;
  readonly options: ExperimentOptions;
  readonly random: Random;
}

/** Ends a process with all that it started, and waits until it is gone. */
async function killGroup(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  await ended;
}

/** One life until the cut. What was acknowledged, now or in a life before. */
async function live(bench: Bench, disk: LoopDisk, leftOut: string | undefined): Promise<number> {
  const folder = path.join(disk.folder, 'data');
  const bystander = spawn('sh', ['-c', BYSTANDER, path.join(disk.folder, 'bystander')], {
    detached: true,
    stdio: 'ignore',
  });
  const bystanderEnded = new Promise((resolve) => bystander.once('exit', resolve));
  const child = startWriter(bench.writer, folder, leftOut);
  const wanted = integerBetween(bench.random, ACKNOWLEDGEMENTS.min, ACKNOWLEDGEMENTS.max);
  await Promise.race([child.ended, untilAcknowledged(child, wanted)]);
  await systemClock.sleep(integerBetween(bench.random, 0, REST_MS_MAX));
  disk.cut();
  await killGroup(child.process, child.ended);
  await killGroup(bystander, bystanderEnded);
  await disk.powerUp();
  return acknowledgedIn(child.lines);
}

function untilAcknowledged(child: RunningChild, times: number): Promise<void> {
  return new Promise((resolve) => {
    child.process.on('lines', () => {
      if (child.lines.filter((line) => line.startsWith('ack ')).length >= times) resolve();
    });
  });
}

/** What it says of the disk that is gone is of no interest. */
const QUIET = ['sh', '-c', 'exec "$@" 2>/dev/null', 'sh'] as const;

function startWriter(script: string, folder: string, leftOut: string | undefined): RunningChild {
  const inject = ['-e', `trace=${leftOut}`, '-e', `inject=${leftOut}:retval=0`];
  const strace = leftOut === undefined ? [] : ['strace', '-f', '-qq', '-o', '/dev/null', ...inject];
  const [command, ...quiet] = QUIET;
  return startChild(command, [...quiet, ...strace, process.execPath, script, folder], { detached: true });
}

/** What is wrong in the folder, by a process of its own: what is damaged may end it, and it may keep files open that it could not read. */
async function lookAt({ looker }: Bench, folder: string, acknowledged: number): Promise<readonly string[]> {
  const answer = await looker.ask(`${acknowledged} ${folder}`);
  if (answer.startsWith('died')) return [`looking at it ended the process: ${answer}`];
  const wrong = JSON.parse(answer) as string[];
  if (wrong.length > 0) await looker.close();
  return wrong;
}

/** Cuts on one disk until something is wrong, at most so many; what was wrong, and after how many cuts. */
async function cutOneDisk(bench: Bench, cuts: number, leftOut?: string) {
  const folder = path.join(bench.options.folder, 'cuts');
  mkdirSync(folder, { recursive: true });
  const disk = await LoopDisk.create(folder);
  let acknowledged = 0;
  try {
    for (let cut = 1; cut <= cuts; cut++) {
      acknowledged = Math.max(acknowledged, await live(bench, disk, leftOut));
      const wrong = await lookAt(bench, path.join(disk.folder, 'data'), acknowledged);
      if (wrong.length > 0 || cut === cuts) return { cuts: cut, wrong, acknowledged };
    }
    return { cuts, wrong: [], acknowledged };
  } finally {
    await disk.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function cutAll(bench: Bench): Promise<Report> {
  const { options } = bench;
  const wanted = CUTS[options.form];
  const findings: string[] = [];
  let cuts = 0;
  let acknowledged = 0;
  while (cuts < wanted && !options.isOver()) {
    const result = await cutOneDisk(bench, Math.min(CUTS_A_DISK, wanted - cuts));
    cuts += result.cuts;
    acknowledged += result.acknowledged;
    findings.push(...result.wrong.map((wrong) => `cut ${cuts} (seed ${options.seed}): ${wrong}`));
    options.tell(`${cuts} of ${wanted} cuts, ${findings.length} findings`);
  }
  const figures: Record<string, number | string> = { cuts, 'records acknowledged': acknowledged };
  if (!straceIsThere()) return { figures: { ...figures, controls: 'none, strace is not there' }, findings };
  for (const [name, calls] of Object.entries(CONTROLS)) {
    const { cuts: tried, wrong } = await cutOneDisk(bench, CONTROL_CUTS_MAX, calls);
    figures[`${name}: noticed at cut`] = tried;
    if (wrong.length === 0)
      findings.push(
        `${name}: not noticed in ${tried} cuts (seed ${options.seed}), so what was not found proves nothing`,
      );
    else options.tell(`${name}: ${wrong.join('; ').slice(0, 300)}`);
  }
  return { figures, findings };
}

export const powerCut: Experiment = {
  name: 'power-cut',
  promises: ['P1', 'P2', 'P7'],
  doc: 'The power of a disk is cut while a process journals, flushes and merges; what it acknowledged is there when the disk is back. With syncs left out, that is noticed.',
  async run(options) {
    const problem = await LoopDisk.problem(path.join(options.folder, 'tried'));
    if (problem) return { figures: {}, findings: [], skipped: problem };
    const [writer, looker] = await Promise.all([
      buildKitChild('flush-until-killed'),
      buildKitChild('find-wrong'),
    ]);
    const asked = new AskedChild(looker.file);
    try {
      const random = seededRandom(options.seed);
      return await cutAll({ writer: writer.file, looker: asked, options, random });
    } finally {
      await asked.close();
      writer.remove();
      looker.remove();
    }
  },
};
