/**
 * Copies the rows that are in a table, in ranges of its key, several at the same time.
 *
 * All ranges that one run copies share one snapshot of the server (exported by a connection that holds it open), so each range's
 * rows are as of the same moment; which ranges a snapshot copied stands in the cursor. The rows of a range come in the order of the
 * key, and each batch's cursor says through which key its range is copied: a restart goes on behind it, in a new snapshot.
 */
import type pg from 'pg';
import type { CaptureBatch } from '../../kit/input.ts';
import { postgresName, postgresText } from '../../kit/postgres-client.ts';
import { batchOfLines } from '../rows/record-batch.ts';
import type { RowShape } from '../rows/row-shape.ts';
import { type CopiedLines, CopyRows } from './copy-rows.ts';
import { CopyStream } from './copy-stream.ts';
import {
  type CopiedRange,
  type CopyCursor,
  joinRanges,
  type KeyTexts,
  resumeRanges,
} from './postgres-cursor.ts';
import { readerOf, type SharedSnapshot } from './shared-snapshot.ts';
import type { SourceSession } from './source-session.ts';
import { shapeOf } from './table-shape.ts';

/** Rows of one range of the key. */
const RANGE_ROWS = 50_000;

/** Rows of a range, in order. */
interface RangePart extends CopiedLines {
  readonly range: CopiedRange;
  readonly isDone: boolean;
}

export class TableCopy {
  readonly #session: SourceSession;
  readonly #snapshot: SharedSnapshot;
  readonly #rowSql: string;
  readonly #shape: RowShape;
  readonly #keySql: string;
  readonly #keyTypes: readonly string[];
  #cursor: CopyCursor;
  #ranges: CopiedRange[];
  readonly #waiting: CopiedRange[];
  #doneBytes = 0;
  #asking: Promise<unknown> = Promise.resolve();

  private constructor(session: SourceSession, snapshot: SharedSnapshot, shape: RowShape, cursor: CopyCursor) {
    this.#session = session;
    this.#snapshot = snapshot;
    this.#shape = shape;
    this.#cursor = cursor;
    this.#ranges = resumeRanges(cursor.ranges, snapshot.text);
    this.#waiting = this.#ranges.filter((range) => !range.done);
    const { table, rangeKey } = session;
    this.#keySql = `(${rangeKey.map((name) => postgresName(name)).join(', ')})`;
    this.#keyTypes = rangeKey.map(
      (name) => table.columns.find((column) => column.name === name)?.typeText ?? 'text',
    );
    const columns = [...table.columns.map((column) => column.name), ...rangeKey];
    this.#rowSql = columns.map((name) => postgresName(name)).join(', ');
  }

  static async open(
    session: SourceSession,
    snapshot: SharedSnapshot,
    cursor: CopyCursor,
  ): Promise<TableCopy> {
    const shape = await shapeOf(session.contract, session.table.columns, session.types);
    return new TableCopy(session, snapshot, shape, cursor);
  }

  /** As of the last batch. */
  get cursor(): CopyCursor {
    return this.#cursor;
  }

  get progress(): CaptureBatch['progress'] {
    return { doneBytes: this.#doneBytes, totalBytes: Math.max(this.#doneBytes, this.#session.table.bytes) };
  }

  /** Every batch is open: what consumers see begins once the copy is caught up with. */
  async *batches(): AsyncGenerator<CaptureBatch> {
    const workers = Array.from({ length: this.#session.options.parallel }, () => this.#work());
    const next = new Map(workers.map((worker) => [worker, step(worker)]));
    while (next.size > 0) {
      const { worker, result } = await Promise.race(next.values());
      if (result.done) {
        next.delete(worker);
        continue;
      }
      next.set(worker, step(worker));
      yield this.#batch(result.value);
    }
  }

  #batch({ range, bytes, lastKey, isDone }: RangePart): CaptureBatch {
    this.#ranges = joinRanges(
      this.#ranges.map((one) =>
        one.after === range.after && one.to === range.to && !one.done
          ? { ...one, at: lastKey ?? one.at, done: isDone }
          : one,
      ),
    );
    this.#doneBytes += bytes.length;
    this.#cursor = { ...this.#cursor, ranges: this.#ranges };
    const progress = this.progress;
    const options = { table: this.#session.tableText, cursor: this.#cursor, open: true };
    return batchOfLines(bytes, [], { ...options, ...(progress ? { progress } : {}) });
  }

  /** Copies ranges until there is none left. */
  async *#work(): AsyncGenerator<RangePart> {
    let client: pg.Client | undefined;
    for (let range = await this.#nextRange(); range; range = await this.#nextRange()) {
      client ??= await this.#reader();
      yield* this.#copyRange(client, range);
    }
    await client?.end();
  }

  #reader(): Promise<pg.Client> {
    return readerOf(this.#session, this.#snapshot);
  }

  /** One asks at a time, so that ranges follow each other without gaps. */
  #nextRange(): Promise<CopiedRange | undefined> {
    const range = this.#asking.then(() => this.#cutRange());
    this.#asking = range.catch(() => undefined);
    return range;
  }

  async #cutRange(): Promise<CopiedRange | undefined> {
    const left = this.#waiting.shift();
    if (left) return left;
    const last = this.#ranges.at(-1);
    if (last && last.to === null) return undefined;
    const after = last?.to ?? null;
    const to = await this.#boundary(after);
    const range: CopiedRange = { after, to, at: null, done: false, snapshot: this.#snapshot.text };
    this.#ranges.push(range);
    return range;
  }

  /** The key RANGE_ROWS behind this one; null when there are fewer. */
  async #boundary(after: KeyTexts | null): Promise<KeyTexts | null> {
    const { rangeKey, tableSql } = this.#session;
    const names = rangeKey.map((name) => postgresName(name));
    const texts = names.map((name, i) => `${name}::text as "${i}"`).join(', ');
    const [row] = await this.#session.ask(
      `select ${texts} from (select ${names.join(', ')} from ${tableSql} ${this.#where(after, null)}
       order by ${names.join(', ')} offset ${RANGE_ROWS - 1} limit 1) k`,
    );
    return row ? rangeKey.map((_, i) => row[i] as string) : null;
  }

  #where(after: KeyTexts | null, to: KeyTexts | null): string {
    const conditions = [
      ...(after ? [`${this.#keySql} > ${this.#literal(after)}`] : []),
      ...(to ? [`${this.#keySql} <= ${this.#literal(to)}`] : []),
    ];
    return conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  }

  #literal(key: KeyTexts): string {
    return `(${key.map((text, i) => `${postgresText(text)}::${this.#keyTypes[i]}`).join(', ')})`;
  }

  async *#copyRange(client: pg.Client, range: CopiedRange): AsyncGenerator<RangePart> {
    const { connection, table, tableSql, rangeKey, context } = this.#session;
    const order = rangeKey.map((name) => postgresName(name)).join(', ');
    const sql = `copy (select ${this.#rowSql} from ${tableSql} ${this.#where(range.after, range.to)} order by ${order}) to stdout`;
    const rows = new CopyRows({ shape: this.#shape, columnCount: table.columns.length });
    const decoding = {
      decode: (row: Buffer) => rows.add(row),
      sizeOf: ({ bytes }: CopiedLines) => bytes.length,
    };
    const stream = new CopyStream(client, connection, sql, decoding);
    for (let full = await stream.take(context.signal); full; full = await stream.take(context.signal))
      for (const lines of full) yield { range, ...lines, isDone: false };
    yield { range, ...rows.rest(), isDone: true };
  }
}

interface Step {
  readonly worker: AsyncGenerator<RangePart>;
  readonly result: IteratorResult<RangePart>;
}

function step(worker: AsyncGenerator<RangePart>): Promise<Step> {
  const taken = worker.next().then((result) => ({ worker, result }));
  // Whoever stops reading leaves steps behind that nobody waits for.
  taken.catch(() => undefined);
  return taken;
}
