/** One case: a random mesh, served and judged after every batch of random changes. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Workers } from '../../src/runtime/start-workers.ts';
import { canonicalRows, parseExact } from '../support/read-ports.ts';
import { Draw } from './grammar/draw.ts';
import { type DerivedProduct, type DrawnMesh, drawMesh, meshTexts } from './grammar/mesh.ts';
import { PlainDuckdb } from './plain-duckdb.ts';
import { type PushedState, pushedStates } from './pushed-state.ts';
import { checkedMesh, ServedMesh } from './served-mesh.ts';
import { type Mode, type TakenWay, waysOf } from './ways.ts';

const BATCHES_MIN = 2;
const BATCHES_MAX = Number(process.env.WHARF_ORACLE_BATCHES ?? 2);
const RESTART_SHARE = 0.2;
const FLUSH_SHARE = 0.15;
/** Rows shown of each side that differs. */
const SHOWN_MAX = 5;

export interface CaseResult {
  /** One for each derived product. */
  readonly ways: readonly TakenWay[];
  readonly batches: number;
  readonly rows: number;
}

/** Throws with the seed, the queries and the rows that differ. */
export async function runCase(seed: number, workers: Workers, mode?: Mode): Promise<CaseResult> {
  const draw = new Draw(seed);
  const drawn = drawMesh(draw);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-oracle-'));
  try {
    return await new Case(draw, drawn, workers, folder).run(mode);
  } catch (cause) {
    const text = drawn.derived.map(({ name, key, sql }) => `${name} by ${key}: ${sql}`).join('\n');
    throw new Error(`Seed ${seed}: ${cause instanceof Error ? cause.message : cause}\n${text}`, { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class Case {
  readonly #draw: Draw;
  readonly #drawn: DrawnMesh;
  readonly #workers: Workers;
  readonly #folder: string;
  readonly #states: readonly PushedState[];
  #rows = 0;

  constructor(draw: Draw, drawn: DrawnMesh, workers: Workers, folder: string) {
    this.#draw = draw;
    this.#drawn = drawn;
    this.#workers = workers;
    this.#folder = folder;
    this.#states = pushedStates(drawn);
  }

  async run(mode: Mode | undefined): Promise<CaseResult> {
    const { engine } = this.#workers;
    const free = checkedMesh(meshTexts(this.#drawn));
    const ways = await waysOf(engine, free, mode);
    const mesh = mode ? checkedMesh(meshTexts(this.#drawn, ways)) : free;
    const batches = this.#draw.between(BATCHES_MIN, BATCHES_MAX);
    const judge = await PlainDuckdb.open();
    const served = await ServedMesh.open(mesh, this.#folder, this.#workers);
    try {
      for (let batch = 1; batch <= batches; batch++) {
        await this.#change(served, batch);
        await served.settle();
        await this.#compare(served, judge, batch);
      }
      for (const product of this.#drawn.derived) await this.#checkRecords(served, product);
      if (mode === undefined) return { ways: [...ways.values()], batches, rows: this.#rows };
      return { ways: [...ways.values()].filter((way) => way === mode), batches, rows: this.#rows };
    } finally {
      await served.close();
      await judge.close();
    }
  }

  async #change(served: ServedMesh, batch: number): Promise<void> {
    const [least, most] = [batch === 1 ? this.#states.length : 1, this.#states.length];
    for (const state of this.#draw.some(this.#states, this.#draw.between(least, most))) {
      for (let pushes = this.#draw.between(1, 2); pushes > 0; pushes--)
        await served.push(state.target.product, state.change(this.#draw), state.target.input);
      if (this.#draw.chance(FLUSH_SHARE)) await served.flush(state.target.product);
    }
    // Before the products have come to rest.
    if (this.#draw.chance(RESTART_SHARE)) await served.restart();
  }

  async #compare(served: ServedMesh, judge: PlainDuckdb, batch: number): Promise<void> {
    const answers = await judge.answers(this.#drawn, this.#states);
    for (const [name, expected] of answers) {
      const [want, got] = [canonicalRows(expected), canonicalRows(await served.rows(name))];
      this.#rows += got.length;
      if (want.length === got.length && want.every((row, i) => row === got[i])) continue;
      const wrong = await served.wrongRows(name);
      throw new Error(
        `after batch ${batch} ${name} has not the rows of its query (its own verify sees ${wrong} wrong ones).\nmissing: ${without(want, got)}\nunexpected: ${without(got, want)}`,
      );
    }
  }

  /** Only real differences are journaled, and they add up to the state. Those of `reduce` are added to it, and none is taken back. */
  async #checkRecords(served: ServedMesh, { name, reductions }: DerivedProduct): Promise<void> {
    if (reductions) {
      const taken = (await served.records(name)).find(({ op }) => op === 'delete');
      if (taken) throw new Error(`position ${taken.position} of ${name} takes back ${taken.key}`);
      return;
    }
    const state = new Map<string, string>();
    for (const { op, key, document, position } of await served.records(name)) {
      const row = JSON.stringify(parseExact(document));
      if (op === 'delete' ? !state.has(key) : state.get(key) === row)
        throw new Error(`position ${position} of ${name} changes nothing: ${op} ${key} ${document}`);
      if (op === 'delete') state.delete(key);
      else state.set(key, row);
    }
    const rows = canonicalRows([...state.values()].map((row) => JSON.parse(row)));
    const seen = canonicalRows(await served.rows(name));
    if (JSON.stringify(rows) !== JSON.stringify(seen))
      throw new Error(`the records of ${name} do not add up to its rows`);
  }
}

function without(rows: readonly string[], others: readonly string[]): string {
  const left = [...others];
  const found = rows.filter((row) => {
    const at = left.indexOf(row);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return `${found.length} ${found.slice(0, SHOWN_MAX).join(' ')}`;
}
