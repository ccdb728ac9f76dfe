/**
 * An hour of everything at once: pushes, appended files, two derived products, readers of rows, SQL and the stream, at constant rates. After
 * a quarter of it the process is killed; after half of it records come that break their contract; runs are flushed and merged all the time.
 * In the end all that was acknowledged is there once, and from some time after the kill on memory, files and latencies stay as they were.
 */
import path from 'node:path';
import pg from 'pg';
import { cpuSeconds } from '../../../../bench/support/cpu.ts';
import { seededRandom } from '../../../../src/base/random.ts';
import { WharfProcess } from '../../../support/wharf-process.ts';
import {
  type Bound,
  brokenBounds,
  type Experiment,
  type ExperimentOptions,
  type Report,
} from '../experiment.ts';
import { verify } from '../verify.ts';
import { Latencies } from './latencies.ts';
import { bytesOf, growthBounds, runsBound, type Sample, sampleOf } from './samples.ts';
import { SOAK_PRODUCTS, writeSoakMesh } from './soak-mesh.ts';
import { SoakReaders } from './soak-readers.ts';
import { BATCH, SoakWriters } from './soak-writers.ts';

const MINUTES = Number(process.env.WHARF_SOAK_MINUTES ?? 60);
/** As shares of the whole: when it is killed, when poison comes, and from when on what is measured has to stay as it is. */
const KILL_AT = 0.25;
const POISON_AT = 0.5;
const MEASURED_FROM = 0.4;
/** In less, what begins, and what else the machine does, hides whether something grows: it is told, and not judged. */
const JUDGED_MINUTES_MIN = 20;
const SAMPLES = 360;
const SAMPLE_MS_MIN = 1_000;
const SETTLE_MS_MAX = 300_000;
const SETTLE_LOOK_MS = 500;
const BACK_MS_MAX = 10_000;

export const soak: Experiment = {
  name: 'soak',
  promises: ['P1', 'P2', 'P5', 'P6', 'P10'],
  doc: 'An hour of the mixed load, with a kill, poison and merges: nothing is lost, and nothing grows.',
  run: (options) =>
    options.form === 'long'
      ? new Soak(options).run()
      : Promise.resolve({ figures: {}, findings: [], skipped: 'what grows slowly is for the long form' }),
};

class Soak {
  readonly #options: ExperimentOptions;
  readonly #mesh: string;
  readonly #data: string;
  readonly #place = { url: '' };
  readonly #latencies = new Latencies();
  readonly #writers: SoakWriters;
  readonly #readers: SoakReaders;
  readonly #samples: Sample[] = [];
  #started: WharfProcess | undefined;
  #startedMs = 0;
  #backMs = 0;

  constructor(options: ExperimentOptions) {
    this.#options = options;
    this.#mesh = path.join(options.folder, 'mesh');
    this.#data = path.join(options.folder, 'data');
    const random = seededRandom(options.seed);
    const shared = { place: this.#place, random, latencies: this.#latencies };
    this.#writers = new SoakWriters({ ...shared, mesh: this.#mesh });
    this.#readers = new SoakReaders(shared);
  }

  async run(): Promise<Report> {
    writeSoakMesh(this.#mesh);
    await this.#start();
    const [full, caught] = [new AbortController(), new AbortController()];
    const writing = this.#writers.run(full.signal);
    const reading = this.#readers.run(caught.signal);
    const load = Promise.all([writing, reading]);
    try {
      // It never resolves before `live` does, but fails as soon as a writer or reader does.
      await Promise.race([load, this.#live()]);
      full.abort();
      await writing;
      await this.#untilStreamed();
      caught.abort();
      await load;
      return await this.#report(this.#wharf);
    } finally {
      full.abort();
      caught.abort();
      await this.#wharf.kill();
    }
  }

  async #live(): Promise<void> {
    this.#startedMs = performance.now();
    await this.#until(KILL_AT);
    await this.#wharf.kill();
    const killedMs = performance.now();
    await this.#start();
    await this.#wharf.get('/p/test.items/v1/rows?limit=1');
    this.#backMs = Math.round(performance.now() - killedMs);
    await this.#until(POISON_AT);
    await this.#writers.poison();
    await this.#until(1);
  }

  async #start(): Promise<void> {
    this.#started = await WharfProcess.start({ mesh: this.#mesh, data: this.#data, asCommand: true });
    this.#place.url = this.#started.url;
  }

  get #wharf(): WharfProcess {
    if (!this.#started) throw new Error('nothing was started yet');
    return this.#started;
  }

  /** The stream is behind what was acknowledged by as much as is on its way. */
  async #untilStreamed(): Promise<void> {
    const deadline = Date.now() + SETTLE_MS_MAX;
    while (this.#readers.streamed < this.#writers.events * BATCH && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, SETTLE_LOOK_MS));
  }

  /** Takes samples until that share of the time is over. */
  async #until(share: number): Promise<void> {
    const wholeMs = MINUTES * 60_000;
    const everyMs = Math.max(SAMPLE_MS_MIN, wholeMs / SAMPLES);
    while (performance.now() < this.#startedMs + share * wholeMs) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      const sample = sampleOf(this.#wharf.pid, this.#data, this.#latencies.take());
      this.#samples.push(sample);
      if (this.#samples.length % 20 === 0) this.#options.tell(JSON.stringify(sample.values));
    }
  }

  async #report(wharf: WharfProcess): Promise<Report> {
    const cpu = cpuSeconds(wharf.pid);
    const measured = this.#samples.filter(
      ({ atMs }) => atMs >= this.#startedMs + MEASURED_FROM * MINUTES * 60_000,
    );
    const merges = await mergesOf(wharf);
    const judged: Bound[] = [
      ...growthBounds(measured),
      runsBound(this.#samples, MINUTES),
      { what: 'merges of runs since the kill', value: merges, unit: 'merges', atLeast: 1 },
    ];
    const bounds: Bound[] = [
      { what: 'until it gave a row after the kill', value: this.#backMs, unit: 'ms', atMost: BACK_MS_MAX },
    ];
    const findings = brokenBounds(MINUTES < JUDGED_MINUTES_MIN ? bounds : [...bounds, ...judged]);
    findings.push(...this.#readers.findings);
    findings.push(...(await this.#lost(wharf)));
    for (const product of SOAK_PRODUCTS) findings.push(...verify(this.#mesh, this.#data, `test.${product}`));
    const { events, lines } = this.#writers;
    const figures = {
      minutes: MINUTES,
      samples: measured.length,
      'records acknowledged': 2 * events * BATCH,
      'lines appended': sumOf(lines.values()),
      'records streamed': this.#readers.streamed,
      'questions without an answer, over the kill': this.#readers.failed,
      'bytes in the data folder': bytesOf(this.#data),
      'processor time since the kill, s': Math.round(cpu),
      'last sample': JSON.stringify(this.#samples.at(-1)?.values),
    };
    return {
      figures,
      bounds: [...judged, ...bounds],
      findings: findings.map((finding) => `seed ${this.#options.seed}: ${finding}`),
    };
  }

  /** What is there, beside what the writers know. */
  async #lost(wharf: WharfProcess): Promise<string[]> {
    const { events, items, lines } = this.#writers;
    const records = events * BATCH;
    const turns = (events * (events + 1)) / 2;
    const wanted: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
      [
        'select count(*) as n, count(distinct turn * 100 + i) as kinds, sum(turn) as turns from test.events',
        { n: records, kinds: records, turns: turns * BATCH },
      ],
      [
        'select count(*) as n, sum(turn) as turns from test.items',
        { n: items.size, turns: sumOf(items.values()) },
      ],
      [
        "select count(*) as n, count(distinct writer || ' ' || i) as kinds from test.lines",
        { n: sumOf(lines.values()), kinds: sumOf(lines.values()) },
      ],
      ['select sum(n) as n, sum(turns) as turns from test.sums', { n: records, turns: turns * BATCH }],
      [
        'select count(*) as n, coalesce(sum(twice), 0) as turns from test.latest',
        latestOf([...items.values()]),
      ],
      [
        "select count(*) as n from system.rejects where product in ('test.events@1', 'test.lines@1')",
        { n: 2 },
      ],
    ];
    const findings: string[] = [];
    for (const [sql, expected] of wanted) {
      const found = await settled(wharf, sql, JSON.stringify(expected));
      if (found !== JSON.stringify(expected))
        findings.push(`${sql}: ${found}; expected ${JSON.stringify(expected)}`);
    }
    if (this.#readers.streamed !== records)
      findings.push(`the stream gave ${this.#readers.streamed} of ${records} records`);
    return findings;
  }
}

function latestOf(turns: readonly number[]): { n: number; turns: number } {
  const seen = turns.filter((turn) => turn % 3 !== 0);
  return { n: seen.length, turns: 2 * sumOf(seen) };
}

function sumOf(values: Iterable<number>): number {
  return [...values].reduce((sum, value) => sum + value, 0);
}

/** The answer, once it is the expected one or nothing came of waiting: what was written last is still on its way. */
async function settled(wharf: WharfProcess, sql: string, expected: string): Promise<string> {
  const { sql: at } = await wharf.get<{ sql: { port: number; database: string } }>('/api/mesh');
  const client = new pg.Client(`postgres://reader@127.0.0.1:${at.port}/${at.database}`);
  await client.connect();
  try {
    const deadline = Date.now() + SETTLE_MS_MAX;
    for (;;) {
      const { rows } = await client.query<Record<string, string>>(sql);
      const found = JSON.stringify(
        Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)])),
      );
      if (found === expected || Date.now() > deadline) return found;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_LOOK_MS));
    }
  } finally {
    await client.end();
  }
}

/** Of all products, since the process began. */
async function mergesOf(wharf: WharfProcess): Promise<number> {
  const text = await (await fetch(`${wharf.url}/metrics`)).text();
  return sumOf(
    [...text.matchAll(/^wharf_compactions_total\{[^}]*kind="merge"[^}]*\} (\d+)/gm)].map(([, n]) =>
      Number(n),
    ),
  );
}
