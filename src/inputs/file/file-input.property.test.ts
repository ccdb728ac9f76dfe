/**
 * Files grow, are rotated, rewritten and added while the input is stopped behind any batch and started again from its
 * cursor. Whatever the history, every record that was written comes exactly once, except where a file was rewritten:
 * then a whole tells what is there. The oracle is a list that the test keeps itself.
 */
import { expect, test } from 'vitest';
import { collect, recordsOf, restarted } from '../../../test/conformance/inputs.ts';
import { SEED } from '../../../test/support/seed.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../../base/random.ts';
import type { CaptureBatch, Cursor } from '../../kit/input.ts';
import { fileInput } from './file-input.ts';
import { TestFolder } from './test-support/test-folder.ts';

const HISTORIES = 10;
const STEPS = 12;
/** Larger than a chunk now and then, so that files take several batches. */
const RECORD_BYTES = 30_000;
/** A crash behind a batch of a whole forgets what was staged of it. */
interface Consumer {
  cursor: Cursor;
  readonly appended: string[];
  readonly wholes: string[][];
  staged: string[];
}

interface Format {
  readonly suffix: string;
  readonly header: string;
  readonly record: (id: number, random: Random) => string;
}

const padding = (random: Random) => 'p'.repeat(integerBetween(random, 0, RECORD_BYTES));
const formats: readonly Format[] = [
  { suffix: 'ndjson', header: '', record: (id, random) => `{"id":${id},"p":"${padding(random)}"}` },
  { suffix: 'csv', header: 'id,p\n', record: (id, random) => `${id},"${padding(random)}"` },
];

class History {
  readonly folder = new TestFolder();
  readonly written: string[] = [];
  readonly #random: Random;
  readonly #format: Format;
  readonly #half = new Map<string, string>();
  #files = 0;

  constructor(random: Random, format: Format) {
    this.#random = random;
    this.#format = format;
  }

  change(): void {
    const kind = integerBetween(this.#random, 0, 9);
    if (this.#files === 0 || kind < 2) this.#create();
    else if (kind === 9) this.#rotate();
    else this.#grow(oneOf(this.#random, [...this.#half.keys()]));
  }

  /** Ends the half lines, so that everything can be read. */
  finish(): void {
    for (const [name, half] of this.#half) {
      if (half !== '') this.folder.append(name, `${half}\n`);
      this.#half.set(name, '');
    }
  }

  #create(): void {
    const name = `f${++this.#files}.${this.#format.suffix}`;
    this.folder.write(name, this.#format.header);
    this.#half.set(name, '');
    this.#grow(name);
  }

  #grow(name: string): void {
    let text = `${this.#half.get(name)}`;
    if (text !== '') text += '\n';
    for (let i = integerBetween(this.#random, 0, 60); i > 0; i--) text += `${this.#next()}\n`;
    const last = this.#next();
    // A piece that could be a record by itself is taken for one, once its file has been quiet.
    const cut = integerBetween(this.#random, last.indexOf('"') + 1, last.length - 1);
    this.folder.append(name, text + last.slice(0, cut));
    this.#half.set(name, last.slice(cut));
  }

  #rotate(): void {
    const from = oneOf(this.#random, [...this.#half.keys()]);
    const to = `r${++this.#files}.${this.#format.suffix}`;
    this.folder.rename(from, to);
    this.#half.set(to, this.#half.get(from) ?? '');
    this.#half.delete(from);
  }

  #next(): string {
    const record = this.#format.record(this.written.length, this.#random);
    this.written.push(record);
    return record;
  }
}

async function capture(history: History, consumer: Consumer, batchesMax: number): Promise<void> {
  const context = { options: { path: '*', every: '10ms' }, baseFolder: history.folder.path };
  const { batches } = await collect(fileInput, context, { cursor: restarted(consumer.cursor), batchesMax });
  for (const batch of batches) consume(consumer, batch);
}

function consume(consumer: Consumer, batch: CaptureBatch): void {
  if (!batch.whole) consumer.appended.push(...recordsOf([batch]));
  else {
    if (batch.whole.first) consumer.staged = [];
    consumer.staged.push(...recordsOf([batch]));
    if (batch.whole.last) consumer.wholes.push(consumer.staged);
  }
  consumer.cursor = batch.cursor;
}

test.each(formats)(
  `$suffix records come exactly once, whatever grows and wherever it stops (seed ${SEED})`,
  async (format) => {
    for (let i = 0; i < HISTORIES; i++) {
      const random = seededRandom(SEED + i);
      const history = new History(random, format);
      const consumer: Consumer = { cursor: undefined, appended: [], wholes: [], staged: [] };
      try {
        for (let step = 0; step < STEPS; step++) {
          history.change();
          await capture(history, consumer, integerBetween(random, 1, 4));
        }
        history.finish();
        await capture(history, consumer, Number.POSITIVE_INFINITY);
        expect(consumer.wholes, `seed ${SEED + i}`).toEqual([]);
        expect(consumer.appended.toSorted(), `seed ${SEED + i}`).toEqual(history.written.toSorted());
      } finally {
        history.folder.remove();
      }
    }
  },
);
