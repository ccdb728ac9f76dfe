/**
 * Four writers write while the process is killed again and again; afterwards everything is compared with what they wrote down themselves.
 *
 * Two push batches under an `Idempotency-Key`, and send a batch again until it is acknowledged; one of them pushes rows that replace each other. Two
 * append lines to files. Two products are derived. So in the end every record is there exactly once, the last row of each key stands, and
 * what is derived is what can be counted from the ledger.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { integerBetween, type Random, seededRandom } from '../../../src/base/random.ts';
import { WharfProcess } from '../../support/wharf-process.ts';
import type { Experiment, ExperimentOptions, Report } from './experiment.ts';
import { verify } from './verify.ts';

const SHORT_KILLS = 3;
const LONG_KILLS = 2_000;
const LIFE_MS = { min: 50, max: 1_500 } as const;
const SETTLE_MS_MAX = 180_000;
const KEYS = 20;
const PAGE_ROWS = 1_000;

const spec = (name: string, rest: string) => `product: test.${name}
version: 1.0.0
owner: test
purpose: To be broken.
access: [{ allow: [anyone] }]
${rest}`;

const MESH: Readonly<Record<string, string>> = {
  'mesh.yaml': 'mesh: test\n',
  'events.product.yaml': spec(
    'events',
    'inputs: { source: { from: push } }\nkey: none\nfields: { turn: integer, i: integer }\n',
  ),
  'items.product.yaml': spec(
    'items',
    'inputs: { source: { from: push } }\nkey: [id]\nfields: { id: integer, turn: integer }\n',
  ),
  'lines.product.yaml': spec(
    'lines',
    'inputs: { source: { from: file, path: data/*.ndjson, every: 100ms } }\nkey: none\nfields: { writer: string, i: integer }\n',
  ),
  'sums.product.yaml': spec(
    'sums',
    'inputs: { events: test.events@1 }\ntransform:\n  sql: select i, count(*) as n, sum(turn)::bigint as turns from events group by i\nkey: [i]\nfields: { i: integer, n: integer, turns: integer }\n',
  ),
  'latest.product.yaml': spec(
    'latest',
    'inputs: { items: test.items@1 }\ntransform:\n  sql: select id, turn * 2 as twice from items where turn % 3 <> 0\nkey: [id]\nfields: { id: integer, twice: integer }\n',
  ),
};

/** What the writers know. */
interface Ledger {
  readonly events: { readonly turn: number; readonly i: number }[];
  readonly items: Map<number, number>;
  readonly lines: { readonly writer: string; readonly i: number }[];
}

class Writers {
  readonly ledger: Ledger = { events: [], items: new Map(), lines: [] };
  readonly #mesh: string;
  readonly #random: Random;
  readonly #turns = { events: 0, items: 0 };
  /** The batch that was sent and not acknowledged yet; the same is sent again. */
  readonly #waiting = new Map<string, readonly Readonly<Record<string, number>>[]>();
  sent = 0;

  constructor(mesh: string, random: Random) {
    this.#mesh = mesh;
    this.#random = random;
  }

  /** Until the signal; or with `untilAcknowledged` until nothing waits. */
  async push(product: 'events' | 'items', url: string, signal: AbortSignal, untilAcknowledged = false) {
    while (!signal.aborted && !(untilAcknowledged && !this.#waiting.has(product))) {
      const batch = this.#waiting.get(product) ?? this.#batch(product);
      this.#waiting.set(product, batch);
      try {
        const response = await fetch(`${url}/p/test.${product}/v1/inputs/source`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `${this.#turns[product]}` },
          body: JSON.stringify(batch),
          signal,
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`push answered ${response.status}: ${text}`);
      } catch (error) {
        // The process was killed under it; whether the batch was taken is not known.
        if (error instanceof TypeError || signal.aborted) return;
        throw error;
      }
      this.#acknowledged(product, batch);
    }
  }

  #batch(product: 'events' | 'items'): readonly Readonly<Record<string, number>>[] {
    this.#turns[product] += 1;
    const turn = this.#turns[product];
    const count = integerBetween(this.#random, 1, 20);
    return Array.from({ length: count }, (_, i) =>
      product === 'events'
        ? { turn, i }
        : { id: integerBetween(this.#random, 1, KEYS), turn: turn * 100 + i },
    );
  }

  #acknowledged(product: 'events' | 'items', batch: readonly Readonly<Record<string, number>>[]): void {
    this.#waiting.delete(product);
    this.sent += batch.length;
    for (const record of batch) {
      if (product === 'events') this.ledger.events.push({ turn: record.turn ?? 0, i: record.i ?? 0 });
      else this.ledger.items.set(record.id ?? 0, record.turn ?? 0);
    }
  }

  /** Whole lines, and now and then a piece of one, which the next call completes. */
  appendLines(writer: string): void {
    const file = path.join(this.#mesh, 'data', `${writer}.ndjson`);
    const from = this.ledger.lines.filter((line) => line.writer === writer).length;
    const lines = Array.from({ length: integerBetween(this.#random, 1, 30) }, (_, i) => ({
      writer,
      i: from + i,
    }));
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const cut = integerBetween(this.#random, 0, text.length);
    appendFileSync(file, text.slice(0, cut));
    appendFileSync(file, text.slice(cut));
    this.ledger.lines.push(...lines);
    this.sent += lines.length;
  }
}

async function run(options: ExperimentOptions): Promise<Report> {
  const random = seededRandom(options.seed);
  const mesh = path.join(options.folder, 'mesh');
  const data = path.join(options.folder, 'data');
  mkdirSync(path.join(mesh, 'data'), { recursive: true });
  for (const [name, text] of Object.entries(MESH)) writeFileSync(path.join(mesh, name), text);
  const writers = new Writers(mesh, random);
  const kills = options.form === 'long' ? LONG_KILLS : SHORT_KILLS;
  for (let kill = 1; kill <= kills; kill++) {
    await live(mesh, data, writers, integerBetween(random, LIFE_MS.min, LIFE_MS.max));
    if (kill % 50 === 0) options.tell(`${kill} of ${kills} kills, ${writers.sent} records`);
  }
  const wharf = await WharfProcess.start({ mesh, data });
  try {
    for (const product of ['events', 'items'] as const)
      await writers.push(product, wharf.url, AbortSignal.timeout(SETTLE_MS_MAX), true);
    await wharf.untilReady(SETTLE_MS_MAX);
    const findings = await compare(wharf, writers.ledger);
    const verified = ['test.events', 'test.items', 'test.lines', 'test.sums', 'test.latest'].flatMap(
      (product) => verify(mesh, data, product),
    );
    const figures = { kills, 'records acknowledged': writers.sent };
    return {
      figures,
      findings: [...findings, ...verified].map((finding) => `seed ${options.seed}: ${finding}`),
    };
  } finally {
    await wharf.stop();
  }
}

/** One life: everything writes from the first moment on, and it ends with a kill. */
async function live(mesh: string, data: string, writers: Writers, ms: number): Promise<void> {
  const wharf = await WharfProcess.start({ mesh, data });
  const stop = new AbortController();
  const pushing = [
    writers.push('events', wharf.url, stop.signal),
    writers.push('items', wharf.url, stop.signal),
  ];
  const appending = setInterval(() => {
    for (const writer of ['a', 'b']) writers.appendLines(writer);
  }, 50);
  await new Promise((resolve) => setTimeout(resolve, ms));
  clearInterval(appending);
  await wharf.kill();
  stop.abort();
  await Promise.all(pushing);
}

async function compare(wharf: WharfProcess, { events, items, lines }: Ledger): Promise<string[]> {
  const sums = new Map<number, { n: number; turns: number }>();
  for (const { turn, i } of events) {
    const { n, turns } = sums.get(i) ?? { n: 0, turns: 0 };
    sums.set(i, { n: n + 1, turns: turns + turn });
  }
  const rows = async (name: string) => canonical(await rowsOf(wharf, name));
  const expected = {
    events,
    items: [...items].map(([id, turn]) => ({ id, turn })),
    lines,
    sums: [...sums].map(([i, sum]) => ({ i, ...sum })),
    latest: [...items].flatMap(([id, turn]) => (turn % 3 === 0 ? [] : [{ id, twice: turn * 2 }])),
  };
  const findings: string[] = [];
  for (const [name, wanted] of Object.entries(expected)) {
    const [found, should] = [await rows(name), canonical(wanted)];
    const [missing, unexpected] = [without(should, found), without(found, should)];
    if (missing.length + unexpected.length > 0)
      findings.push(
        `${name}: lost ${missing.slice(0, 5).join(' ')}, twice or foreign ${unexpected.slice(0, 5).join(' ')}`,
      );
  }
  return findings;
}

function canonical(rows: readonly object[]): string[] {
  return rows.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).sort()))).sort();
}

/** What is in `rows` more often than in `others`. */
function without(rows: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = counts.get(row) ?? 0;
    counts.set(row, count - 1);
    return count <= 0;
  });
}

async function rowsOf(wharf: WharfProcess, name: string): Promise<object[]> {
  const all: object[] = [];
  let next: string | undefined = `/p/test.${name}/v1/rows?limit=${PAGE_ROWS}`;
  while (next !== undefined) {
    const page: { rows: object[]; _links: { next?: { href: string } } } = await wharf.get(next);
    all.push(...page.rows);
    next = page._links.next?.href;
  }
  return all;
}

export const ledger: Experiment = {
  name: 'ledger',
  promises: ['P1', 'P2', 'P3', 'P5'],
  doc: 'Four writers and two derived products, killed after 50 to 1,500 ms, again and again; the end is compared with what the writers wrote down.',
  run,
};
