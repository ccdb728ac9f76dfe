/**
 * One look at a service: its pages, one after another, as batches.
 *
 *   incremental -> what is new is appended; each batch's cursor says which page it ended in and where, so that a restart goes on
 *                  there; the last one's moves the value that the next look asks from
 *   otherwise   -> the pages are one whole; only what differs from the product is journaled, with the last batch
 *
 * A restart in the middle of a page takes the rest of it only if it still begins with what was read.
 */
import { rm } from 'node:fs/promises';
import type { CaptureBatch, CaptureContext } from '../../kit/input.ts';
import type { WebTarget } from '../../kit/web/web-target.ts';
import { type WholePart, wholeBatches } from '../file/batches.ts';
import { type FileReading, framerOf } from '../file/file-reading.ts';
import { type ReadRecords, RecordReader } from '../file/read-records.ts';
import { orderKeyOf } from '../file/replay-order.ts';
import { sameTextBehind, wholeText } from '../file/resume-text.ts';
import { takeTail } from '../file/unfinished-tail.ts';
import { buildRequest } from './build-request.ts';
import type { FetchedPage, PageFetcher } from './fetch-page.ts';
import { FIRST_PAGE, type HttpCursor, type OpenLook, type PageState } from './http-cursor.ts';
import type { HttpOptions } from './http-options.ts';
import { nextPage } from './next-page.ts';
import { openPage } from './page-reading.ts';
import { SeenValues } from './seen-values.ts';

export interface HttpLookOptions {
  readonly context: CaptureContext;
  readonly options: HttpOptions;
  readonly target: WebTarget;
  readonly fetcher: PageFetcher;
  readonly cursor: HttpCursor;
}

/** Records of a page, and how many they are. */
interface PagePart extends ReadRecords {
  readonly reading: FileReading;
  readonly page: PageState;
}

export class HttpLook {
  readonly #look: HttpLookOptions;
  /** Of the whole answer, where it is a single one. */
  #answer: Pick<HttpCursor, 'etag' | 'modified' | 'crc'> = {};
  #shown: string;

  constructor(look: HttpLookOptions) {
    this.#look = look;
    this.#shown = `${look.target.url.origin}${look.target.url.pathname}`;
  }

  /** Returns the cursor behind the look. */
  async *read(): AsyncGenerator<CaptureBatch, HttpCursor> {
    const { options, cursor, context } = this.#look;
    const lookedMs = context.clock.nowMs();
    if (options.incremental) return yield* this.#incremental(options.incremental.field, lookedMs);
    const after: HttpCursor = { version: 1, lookedMs, seen: cursor.seen };
    let done = cursor;
    let news = false;
    const parts = this.#pages(FIRST_PAGE, undefined);
    const first = await parts.next();
    if (first.done && first.value === 'same') return cursor;
    yield* wholeBatches({
      parts: wholeParts(first, parts),
      deletes: options.mode === 'snapshot',
      before: cursor,
      complete: () => Promise.resolve(true),
      after: () => {
        news = true;
        done = { ...after, ...this.#answer };
        return done;
      },
      empty: () => ({
        bytes: new Uint8Array(0),
        framing: { format: 'ndjson' },
        place: { file: this.#shown, line: 1 },
      }),
    });
    return news ? done : cursor;
  }

  async *#incremental(field: string, lookedMs: number): AsyncGenerator<CaptureBatch, HttpCursor> {
    const { cursor } = this.#look;
    const seen = new SeenValues(cursor.seen, cursor.open?.seen);
    let waiting: CaptureBatch | undefined;
    for await (const part of this.#pages(cursor.open?.page ?? FIRST_PAGE, cursor.open)) {
      const bytes = newsOf(part, field, seen);
      if (bytes.length === 0) continue;
      if (waiting) yield waiting;
      const { offset, crc, line } = part.reached;
      const open: OpenLook = { page: part.page, offset, crc, line, seen: seen.now() };
      waiting = {
        bytes,
        framing: part.reading.framing,
        place: { file: this.#shown, line: part.line },
        cursor: { ...cursor, open },
      };
    }
    const done: HttpCursor = { version: 1, lookedMs, seen: seen.now() };
    if (!waiting) return cursor.open ? done : cursor;
    yield { ...waiting, cursor: done };
    return done;
  }

  /** The records of all pages from one on. Returns `same` when the server or its bytes say that nothing changed. */
  async *#pages(from: PageState, open: OpenLook | undefined): AsyncGenerator<PagePart, 'same' | 'read'> {
    const { options, context, fetcher } = this.#look;
    let page: PageState | undefined = from;
    let resume = open;
    while (page) {
      const fetched = await fetcher.fetch(this.#request(page), this.#conditions());
      if (!fetched) return 'same';
      try {
        if (this.#isSameAnswer(fetched)) return 'same';
        let records = 0;
        const reading = await openPage(fetched, options, context);
        try {
          for await (const part of readFrom(reading, resume)) {
            records += 1;
            yield { ...part, reading, page };
          }
          if (options.paging && options.paging.by !== 'link' && options.paging.by !== 'cursor')
            records = await countRecords(reading);
        } finally {
          await reading.close();
        }
        resume = undefined;
        page = await nextPage(options.paging, page, fetched, records);
      } finally {
        await rm(fetched.file, { force: true });
      }
    }
    return 'read';
  }

  #request(page: PageState) {
    const { options, target, context, cursor } = this.#look;
    const { largest } = cursor.seen;
    const known = largest && ('number' in largest ? largest.number : largest.text);
    const since = options.incremental && (known ?? options.incremental.start);
    return buildRequest(options, target, context.reveal, { page, since });
  }

  #conditions(): Record<string, string> {
    const { options, cursor } = this.#look;
    if (options.paging || options.incremental) return {};
    return {
      ...(cursor.etag === undefined ? {} : { 'if-none-match': cursor.etag }),
      ...(cursor.modified === undefined ? {} : { 'if-modified-since': cursor.modified }),
    };
  }

  #isSameAnswer({ headers, crc }: FetchedPage): boolean {
    const { options, cursor } = this.#look;
    if (options.paging || options.incremental) return false;
    const { etag, 'last-modified': modified } = headers;
    this.#answer = {
      crc,
      ...(etag === undefined ? {} : { etag }),
      ...(modified === undefined ? {} : { modified }),
    };
    return cursor.crc === crc;
  }
}

/** From where a look stopped in this page; all of it where it does not begin with what was read any more. */
async function* readFrom(reading: FileReading, open: OpenLook | undefined): AsyncGenerator<ReadRecords> {
  const { start, text } = reading;
  if (!start) return;
  const reached = open && { offset: open.offset, crc: open.crc, line: open.line, open: false };
  const behind = reached && (await sameTextBehind(text, reached));
  if (reached && behind) {
    yield* new RecordReader(reading, reached).read(behind, takeTail);
    return;
  }
  const { chunks } = await wholeText(reading, start);
  yield* new RecordReader(reading, start).read(chunks, takeTail);
}

async function countRecords(reading: FileReading): Promise<number> {
  if (!reading.start) return 0;
  const { chunks } = await wholeText(reading, reading.start);
  let count = 0;
  for await (const { bytes } of new RecordReader(reading, reading.start).read(chunks, takeTail))
    count += recordsIn(bytes, reading).length;
  return count;
}

/** Each record by itself. */
function recordsIn(bytes: Uint8Array, reading: FileReading): Uint8Array[] {
  const framer = framerOf(reading, { offset: 0, line: 1 }, 1);
  const slices = framer.push(bytes);
  const rest = framer.rest();
  return [...slices, ...(rest ? [rest] : [])]
    .map((slice) => slice.bytes)
    .filter((record) => Buffer.from(record).toString().trim() !== '');
}

function newsOf({ bytes, reading }: PagePart, field: string, seen: SeenValues): Uint8Array {
  const news = recordsIn(bytes, reading).filter((record) =>
    seen.isNews(record, orderKeyOf(Buffer.from(record).toString(), field, reading.framing)),
  );
  const all = Buffer.concat(news);
  return new Uint8Array(all);
}

async function* wholeParts(
  first: IteratorResult<PagePart, unknown>,
  rest: AsyncGenerator<PagePart, unknown>,
): AsyncGenerator<WholePart> {
  if (first.done) return;
  try {
    yield wholePart(first.value);
    for await (const part of rest) yield wholePart(part);
  } finally {
    await rest.return(undefined);
  }
}

function wholePart({ bytes, line, reading }: PagePart): WholePart {
  return { bytes, framing: reading.framing, place: { file: reading.file.name, line } };
}
