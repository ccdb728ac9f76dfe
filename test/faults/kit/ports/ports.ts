/**
 * Random questions at positions of the past, by every port that takes them, while more is pushed and runs are flushed and merged: each answer, row by row, is
 * what plain JavaScript makes of the rows that were pushed. And the whole table at these positions, by every kind of file and the stream.
 */
import { integerBetween, oneOf, type Random, seededRandom } from '../../../../src/base/random.ts';
import { ShiftedClock } from '../../../../src/base/shifted-clock.ts';
import type { Serving } from '../../../../src/runtime/serve.ts';
import { COLUMNS, drawQuestion, drawRow, type Row, rowJson } from '../../../support/questions.ts';
import { serveHere } from '../../../support/serve-here.ts';
import {
  brokenBounds,
  type Experiment,
  type ExperimentOptions,
  type Form,
  type Report,
} from '../experiment.ts';
import { AskedPorts, PortsDisagree } from './asked-ports.ts';
import { PORTS_PATH, writePortsMesh } from './ports-mesh.ts';

/** Questions, each by four ports. */
const QUESTIONS: Readonly<Record<Form, number>> = { brief: 24, short: 200, long: 2_000 };
/** Of all rows that a port gave, each compared with the row that it must be. */
const COMPARISONS_MIN = 100_000;
const IDS = 3_000;
const BATCHES = 8;
const BATCH_RECORDS = 900;
/** Questions after each of which more is pushed. */
const PUSH_EVERY = 10;
/** Questions after each of which the whole table is read. */
const TABLE_EVERY = 500;
/** More than a run waits until it is flushed. */
const FORWARD_MS = 11 * 60_000;
/** How long it may take until the journal lets go of what is in runs. */
const FLUSHED_MS_MAX = 60_000;
const FLUSHED_LOOK_MS = 100;

export const ports: Experiment = {
  name: 'ports',
  promises: ['P4'],
  doc: 'Random questions and whole tables at positions of the past: every port gives the rows that plain JavaScript does.',
  run: async (options) => {
    const asked = await PortsRun.open(options);
    try {
      return await asked.run();
    } finally {
      await asked.close();
    }
  },
};

class PortsRun {
  readonly #options: ExperimentOptions;
  readonly #random: Random;
  readonly #clock: ShiftedClock;
  readonly #serving: Serving;
  readonly #asked: AskedPorts;
  /** The rows at each position. */
  readonly #states = new Map<number, readonly Row[]>();
  readonly #state = new Map<bigint, Row>();
  #questions = 0;

  private constructor(options: ExperimentOptions, clock: ShiftedClock, serving: Serving, asked: AskedPorts) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#clock = clock;
    this.#serving = serving;
    this.#asked = asked;
  }

  static async open(options: ExperimentOptions): Promise<PortsRun> {
    const clock = new ShiftedClock(Date.now());
    const serving = await serveHere(writePortsMesh(options.folder), clock);
    return new PortsRun(options, clock, serving, await AskedPorts.open(serving.url, options.folder));
  }

  async close(): Promise<void> {
    await this.#serving.close();
  }

  async run(): Promise<Report> {
    const findings: string[] = [];
    try {
      await this.#ask();
    } catch (thrown) {
      if (!(thrown instanceof PortsDisagree)) throw thrown;
      findings.push(`seed ${this.#options.seed}: ${thrown.message}`);
    }
    const { compared } = this.#asked;
    const bounds = [
      { what: 'rows compared', value: compared, unit: 'rows', atLeast: COMPARISONS_MIN },
      {
        what: 'the oldest position in the journal, once runs hold the others',
        value: await this.#tail(),
        unit: 'position',
        atLeast: 2,
      },
    ];
    const isWhole = findings.length === 0 && this.#questions === QUESTIONS[this.#options.form];
    const figures = { questions: this.#questions, positions: this.#states.size, 'rows compared': compared };
    return { figures, bounds, findings: isWhole ? brokenBounds(bounds) : findings };
  }

  /** Throws PortsDisagree. */
  async #ask(): Promise<void> {
    const { form, isOver, tell } = this.#options;
    for (let batch = 0; batch < BATCHES; batch++) {
      await this.#pushBatch();
      this.#flush();
    }
    for (const i of [1, 3, 5, BATCHES - 1]) await this.#table(i, i === BATCHES - 1);
    while (this.#questions < QUESTIONS[form] && !isOver()) {
      const more = this.#questions % PUSH_EVERY === 0 ? this.#pushBatch() : undefined;
      const [at, rows] = oneOf(this.#random, [...this.#states].slice(0, BATCHES + this.#questions));
      await this.#asked.ask(drawQuestion(this.#random), { at, rows }, oneOf(this.#random, COLUMNS));
      await more;
      // Time is moved while nobody asks, since what waits for an answer has a deadline.
      if (more) this.#flush();
      this.#questions += 1;
      if (this.#questions % TABLE_EVERY !== 0) continue;
      await this.#table(this.#states.size - 1, false);
      tell(`${this.#questions} questions, ${this.#asked.compared} rows compared`);
    }
  }

  async #table(index: number, withWorkbook: boolean): Promise<void> {
    const [at, rows] = [...this.#states][index] ?? [0, []];
    await this.#asked.table({ at, rows }, withWorkbook);
  }

  #flush(): void {
    this.#clock.setForward(this.#clock.nowMs() + FORWARD_MS);
  }

  /** Upserts, and now and then deletes. */
  async #pushBatch(): Promise<void> {
    const isDelete = this.#state.size > IDS / 2 && this.#random.next() < 0.25;
    const ids = Array.from({ length: BATCH_RECORDS }, () => BigInt(integerBetween(this.#random, 1, IDS)));
    const rows = ids.map((id) => drawRow(this.#random, id));
    const url = `${this.#serving.url}${PORTS_PATH}/inputs/source?op=${isDelete ? 'delete' : 'upsert'}`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: rows.map((row) => (isDelete ? `{"id":${row.id}}` : rowJson(row))).join('\n'),
    });
    const { position, accepted } = (await response.json()) as { position: number; accepted: number };
    if (accepted !== BATCH_RECORDS) throw new Error(`${accepted} of ${BATCH_RECORDS} records were accepted`);
    for (const row of rows) {
      if (isDelete) this.#state.delete(row.id);
      else this.#state.set(row.id, row);
    }
    this.#states.set(position, [...this.#state.values()]);
  }

  /** Where the journal begins, once that is behind what was pushed first. */
  async #tail(): Promise<number> {
    const { journal } = this.#serving.platform.services;
    const deadline = Date.now() + FLUSHED_MS_MAX;
    while (journal.tail('test.items@1') <= 1 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, FLUSHED_LOOK_MS));
    return journal.tail('test.items@1');
  }
}
