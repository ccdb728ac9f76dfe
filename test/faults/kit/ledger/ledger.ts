/**
 * Four writers write while the process is killed again and again. After each kill the journal is compared with what the writers wrote down
 * themselves (`check-end.ts`), and the next life goes on in it at once, without waiting for rest; between two kills the process is stopped now
 * and then, and a copy of its journal is compared in the same way: that is what a kill at that moment would have left (`image.ts`).
 *
 * A kill comes 50 to 1,500 ms after its process was begun, so that it meets a start, a recovery or a process that serves; on a busy machine
 * few would get as far as that, so a part of the lives is counted from the moment they serve.
 *
 * A round is some lives in one data folder. At its end every port is asked for rows of the past while more is pushed, and then the rows that
 * are served are compared and verified. Rounds share nothing, so two of them go on side by side: a life is mostly waiting.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../../src/base/clock.ts';
import { integerBetween, type Random, seededRandom } from '../../../../src/base/random.ts';
import { WharfProcess } from '../../../support/wharf-process.ts';
import type { Experiment, ExperimentOptions, Form, Report } from '../experiment.ts';
import { checkEnd } from './check-end.ts';
import { comparePorts } from './compare-ports.ts';
import { compareServed } from './compare-served.ts';
import { canTakeImages, takeImage } from './image.ts';
import { writeMesh } from './ledger-mesh.ts';
import { PUSHED, Writers } from './writers.ts';

interface Volume {
  readonly rounds: number;
  readonly kills: number;
  /** Images of a life, at most. */
  readonly images: number;
  /** Positions of each product at which every port is asked, at the end of a round. */
  readonly moments: number;
  /** Products of which a verification is asked at the end of a round. */
  readonly verified: readonly string[];
}

const ALL = ['events', 'items', 'lines', 'sums', 'latest'];

const VOLUMES: Readonly<Record<Form, Volume>> = {
  brief: { rounds: 4, kills: 50, images: 1, moments: 1, verified: ['sums'] },
  short: { rounds: 8, kills: 25, images: 4, moments: 10, verified: ALL },
  long: { rounds: 40, kills: 50, images: 4, moments: 3, verified: ALL },
};
/** Seeds of rounds lie this far apart from those of another seed. */
const ROUNDS_MAX = 1_000;
const ROUNDS_AT_ONCE = 2;
const LIFE_MS = { min: 50, max: 1_500 } as const;
/** This part of the lives is counted from the moment it serves. */
const SERVING_PART = 0.25;
const LINES_EVERY_MS = 100;
const SETTLE_MS_MAX = 600_000;

class Round {
  readonly #random: Random;
  readonly #mesh: string;
  readonly #data: string;
  readonly writers: Writers;
  readonly findings: string[] = [];
  readonly figures = {
    kills: 0,
    images: 0,
    'kills before it serves': 0,
    'ends with records in runs': 0,
    'rows by ports': 0,
  };

  constructor(options: ExperimentOptions, number: number) {
    this.#random = seededRandom(options.seed * ROUNDS_MAX + number);
    const folder = path.join(options.folder, `round-${number}`);
    this.#mesh = path.join(folder, 'mesh');
    this.#data = path.join(folder, 'data');
    mkdirSync(folder, { recursive: true });
    writeMesh(this.#mesh);
    this.writers = new Writers(this.#mesh, this.#random);
  }

  async run({ kills, images, moments, verified }: Volume): Promise<void> {
    for (let kill = 1; kill <= kills; kill++) {
      await this.#live(images);
      await this.#check(this.#data);
    }
    await this.#lookAtAll(moments, verified);
    rmSync(path.dirname(this.#data), { recursive: true, force: true });
  }

  /** One life: lines are written all the time, and records pushed from the moment it serves, if it comes to that. */
  async #live(images: number): Promise<void> {
    const isCountedFromServing = this.#random.next() < SERVING_PART;
    const ms = integerBetween(this.#random, LIFE_MS.min, LIFE_MS.max);
    const appending = setInterval(() => this.writers.appendLines(), LINES_EVERY_MS);
    const wharf = WharfProcess.spawn({ mesh: this.#mesh, data: this.#data });
    const stop = new AbortController();
    const serving = wharf.serves();
    const pushing = serving.then(async (serves) => {
      if (serves) await this.#push(wharf, stop.signal);
    });
    if (isCountedFromServing && !(await serving)) this.findings.push(`it did not start: ${wharf.output}`);
    await this.#passTime(ms, wharf, images);
    clearInterval(appending);
    if (wharf.url === '') this.figures['kills before it serves'] += 1;
    await wharf.kill();
    stop.abort();
    await pushing;
    this.figures.kills += 1;
  }

  /** Images are taken on the way, of a process that serves. */
  async #passTime(ms: number, wharf: WharfProcess, images: number): Promise<void> {
    const parts = canTakeImages ? images + 1 : 1;
    for (let part = 1; part <= parts; part++) {
      await systemClock.sleep(ms / parts);
      if (part < parts && wharf.url !== '') await this.#image(wharf.pid);
    }
  }

  async #push(wharf: WharfProcess, signal: AbortSignal): Promise<void> {
    await Promise.all(PUSHED.map((product) => this.writers.push(product, wharf.url, signal)));
  }

  async #image(pid: number): Promise<void> {
    const copy = path.join(path.dirname(this.#data), 'image');
    takeImage(pid, this.#data, copy);
    this.figures.images += 1;
    await this.#check(copy);
  }

  async #check(folder: string): Promise<void> {
    const { wrong, complete } = await checkEnd(folder, this.writers.known);
    if (!complete) this.figures['ends with records in runs'] += 1;
    const { kills, images } = this.figures;
    this.findings.push(...wrong.map((finding) => `end ${kills} and image ${images}: ${finding}`));
  }

  async #lookAtAll(moments: number, verified: readonly string[]): Promise<void> {
    const [mesh, data] = [this.#mesh, this.#data];
    const wharf = await WharfProcess.start({ mesh, data });
    try {
      await this.#comparePorts(wharf, moments);
      for (const product of PUSHED)
        await this.writers.push(product, wharf.url, AbortSignal.timeout(SETTLE_MS_MAX), true);
      await wharf.untilReady(SETTLE_MS_MAX);
      this.findings.push(...(await compareServed(wharf, this.writers.known)));
      for (const product of verified) {
        const report = await wharf.post<{ ok: boolean }>(`/p/test.${product}/v1/verify`);
        if (!report.ok) this.findings.push(`verify ${product}: ${JSON.stringify(report)}`);
      }
    } finally {
      await wharf.stop();
    }
  }

  async #comparePorts(wharf: WharfProcess, moments: number): Promise<void> {
    const stop = new AbortController();
    const pushing = this.#push(wharf, stop.signal);
    for (let moment = 1; moment <= moments; moment++) {
      const { comparisons, wrong } = await comparePorts(wharf, () => this.writers.known, this.#random);
      this.figures['rows by ports'] += comparisons;
      this.findings.push(...wrong);
    }
    stop.abort();
    await pushing;
  }
}

async function run(options: ExperimentOptions): Promise<Report> {
  const volume = VOLUMES[options.form];
  const findings: string[] = [];
  const figures: Record<string, number> = { rounds: 0, 'records acknowledged': 0 };
  const numbers = Array.from({ length: volume.rounds }, (_, i) => i + 1);
  const lane = async () => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      if (options.isOver()) return;
      const round = new Round(options, number);
      await round.run(volume);
      findings.push(...round.findings.map((finding) => `seed ${options.seed}, round ${number}: ${finding}`));
      const sums = { ...round.figures, rounds: 1, 'records acknowledged': round.writers.count };
      for (const [name, count] of Object.entries(sums)) figures[name] = (figures[name] ?? 0) + count;
      options.tell(`${JSON.stringify(figures)}, ${findings.length} findings`);
    }
  };
  await Promise.all(Array.from({ length: ROUNDS_AT_ONCE }, lane));
  return { figures, findings };
}

export const ledger: Experiment = {
  name: 'ledger',
  promises: ['P1', 'P2', 'P3', 'P4', 'P5'],
  doc: 'Four writers and two derived products, killed after 50 to 1,500 ms, again and again; each end is compared with what the writers wrote down.',
  run,
};
