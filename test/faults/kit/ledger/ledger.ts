/**
 * Four writers write while the process is killed again and again. After each kill the journal is compared with what the writers wrote down
 * themselves (`check-end.ts`), and the next life goes on in it; between two kills the process is stopped now and then, and a copy of its
 * journal is compared in the same way: that is what a kill at that moment would have left (`image.ts`).
 *
 * A round is some lives in one data folder; some of them end while they start. At its end every port is asked for rows of the past while more
 * is pushed, and then the rows that are served are compared and verified.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../../src/base/clock.ts';
import { integerBetween, type Random, seededRandom } from '../../../../src/base/random.ts';
import { WharfProcess } from '../../../support/wharf-process.ts';
import type { Experiment, ExperimentOptions, Form, Report } from '../experiment.ts';
import { verify } from '../verify.ts';
import { checkEnd } from './check-end.ts';
import { comparePorts } from './compare-ports.ts';
import { compareServed } from './compare-served.ts';
import { canTakeImages, takeImage } from './image.ts';
import { writeMesh } from './ledger-mesh.ts';
import { PUSHED, Writers } from './writers.ts';

interface Volume {
  readonly rounds: number;
  readonly kills: number;
  /** Images of a life. */
  readonly images: number;
  /** Positions of each product at which every port is asked, at the end of a round. */
  readonly moments: number;
  /** Products of which `wharf verify` is asked at the end of a round. */
  readonly verified: readonly string[];
}

const ALL = ['events', 'items', 'lines', 'sums', 'latest'];

const VOLUMES: Readonly<Record<Form, Volume>> = {
  brief: { rounds: 1, kills: 5, images: 50, moments: 2, verified: ['sums'] },
  short: { rounds: 8, kills: 25, images: 4, moments: 10, verified: ALL },
  long: { rounds: 80, kills: 25, images: 4, moments: 10, verified: ALL },
};
const LIFE_MS = { min: 50, max: 1_500 } as const;
/** This part of the lives ends while it starts. */
const STARTS_PART = 0.2;
const LINES_EVERY_MS = 100;
const SETTLE_MS_MAX = 600_000;

class Round {
  readonly #options: ExperimentOptions;
  readonly #random: Random;
  readonly #mesh: string;
  readonly #data: string;
  readonly writers: Writers;
  readonly findings: string[] = [];
  readonly figures = {
    kills: 0,
    images: 0,
    'kills while it starts': 0,
    'ends with records in runs': 0,
    'rows by ports': 0,
  };

  constructor(options: ExperimentOptions, number: number, random: Random) {
    this.#options = options;
    this.#random = random;
    const folder = path.join(options.folder, `round-${number}`);
    this.#mesh = path.join(folder, 'mesh');
    this.#data = path.join(folder, 'data');
    mkdirSync(folder, { recursive: true });
    writeMesh(this.#mesh);
    this.writers = new Writers(this.#mesh, random);
  }

  async run({ kills, images, moments, verified }: Volume): Promise<void> {
    for (let kill = 1; kill <= kills; kill++) {
      if (kill > 1 && this.#random.next() < STARTS_PART) await this.#start();
      else await this.#live(images);
      await this.#check(this.#data);
    }
    await this.#lookAtAll(moments, verified);
    rmSync(path.dirname(this.#data), { recursive: true, force: true });
  }

  /** A life that ends while it starts. */
  async #start(): Promise<void> {
    this.writers.appendLines();
    const wharf = WharfProcess.spawn({ mesh: this.#mesh, data: this.#data });
    await systemClock.sleep(integerBetween(this.#random, LIFE_MS.min, LIFE_MS.max));
    await wharf.kill();
    this.figures.kills += 1;
    this.figures['kills while it starts'] += 1;
  }

  /** A life in which everything writes from the first moment on. */
  async #live(images: number): Promise<void> {
    const wharf = await WharfProcess.start({ mesh: this.#mesh, data: this.#data });
    const stop = new AbortController();
    const pushing = PUSHED.map((product) => this.writers.push(product, wharf.url, stop.signal));
    const appending = setInterval(() => this.writers.appendLines(), LINES_EVERY_MS);
    const parts = canTakeImages ? images + 1 : 1;
    const ms = integerBetween(this.#random, LIFE_MS.min, LIFE_MS.max);
    for (let part = 1; part <= parts; part++) {
      await systemClock.sleep(integerBetween(this.#random, 0, Math.ceil((2 * ms) / parts)));
      if (part < parts) await this.#image(wharf.pid);
    }
    clearInterval(appending);
    await wharf.kill();
    stop.abort();
    await Promise.all(pushing);
    this.figures.kills += 1;
  }

  async #image(pid: number): Promise<void> {
    const copy = path.join(this.#options.folder, 'image');
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
      for (const product of verified) this.findings.push(...verify(mesh, data, `test.${product}`));
    } finally {
      await wharf.stop();
    }
  }

  async #comparePorts(wharf: WharfProcess, moments: number): Promise<void> {
    const stop = new AbortController();
    const pushing = PUSHED.map((product) => this.writers.push(product, wharf.url, stop.signal));
    for (let moment = 1; moment <= moments; moment++) {
      const { comparisons, wrong } = await comparePorts(wharf, () => this.writers.known, this.#random);
      this.figures['rows by ports'] += comparisons;
      this.findings.push(...wrong);
    }
    stop.abort();
    await Promise.all(pushing);
  }
}

async function run(options: ExperimentOptions): Promise<Report> {
  const volume = VOLUMES[options.form];
  const random = seededRandom(options.seed);
  const findings: string[] = [];
  const figures: Record<string, number> = { rounds: 0, 'records acknowledged': 0 };
  for (let number = 1; number <= volume.rounds && !options.isOver(); number++) {
    const round = new Round(options, number, random);
    await round.run(volume);
    findings.push(...round.findings.map((finding) => `seed ${options.seed}, round ${number}: ${finding}`));
    const sums = { ...round.figures, rounds: 1, 'records acknowledged': round.writers.count };
    for (const [name, count] of Object.entries(sums)) figures[name] = (figures[name] ?? 0) + count;
    options.tell(`${JSON.stringify(figures)}, ${findings.length} findings`);
  }
  return { figures, findings };
}

export const ledger: Experiment = {
  name: 'ledger',
  promises: ['P1', 'P2', 'P3', 'P4', 'P5'],
  doc: 'Four writers and two derived products, killed after 50 to 1,500 ms, again and again; each end is compared with what the writers wrote down.',
  run,
};
