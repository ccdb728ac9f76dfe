/** Fetches pages into temporary files: at the allowed rate, and again while the server says that it is busy. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { formatBytes } from '../../base/duration.ts';
import { WharfError } from '../../base/errors.ts';
import { randomName } from '../../base/random.ts';
import type { CaptureContext } from '../../kit/input.ts';
import { checkStatus } from '../../kit/web/check-status.ts';
import { Patience } from '../../kit/web/patience.ts';
import { shownAddress } from '../../kit/web/shown-address.ts';
import { unreachable, type WebAnswer, type WebClient } from '../../kit/web/web-client.ts';
import type { WebTarget } from '../../kit/web/web-target.ts';
import type { PageRequest } from './build-request.ts';
import './errors.ts';

export const ANSWER_BYTES_MAX = 4_000_000_000;
/** Attempts at one page before it is an error (which is tried again later, too). */
const ATTEMPTS_MAX = 5;

export interface FetchedPage {
  readonly file: string;
  /** Of the bytes of the file. */
  readonly crc: number;
  readonly size: number;
  readonly headers: WebAnswer['headers'];
  /** After redirects. */
  readonly url: URL;
  /** The address as people may see it. */
  readonly shown: string;
}

export class PageFetcher {
  readonly #context: CaptureContext;
  readonly #client: WebClient;
  readonly #target: WebTarget;
  readonly #pauseMs: number;
  readonly #patience: Patience;
  #nextMs = 0;

  constructor(
    context: CaptureContext,
    client: WebClient,
    target: WebTarget,
    requestsPerSecond: number | undefined,
  ) {
    this.#context = context;
    this.#client = client;
    this.#target = target;
    this.#pauseMs = requestsPerSecond === undefined ? 0 : 1_000 / requestsPerSecond;
    const { clock, signal } = context;
    this.#patience = new Patience({ clock, signal, attemptsMax: ATTEMPTS_MAX });
  }

  /** Undefined when the server says that nothing changed. The caller removes the file. */
  fetch(
    request: PageRequest,
    conditions: Readonly<Record<string, string>> = {},
  ): Promise<FetchedPage | undefined> {
    return this.#patience.until(() => this.#once(request, conditions));
  }

  async #once(
    request: PageRequest,
    conditions: Readonly<Record<string, string>>,
  ): Promise<FetchedPage | undefined> {
    const { clock, signal } = this.#context;
    await this.#waitForTurn();
    const answer = await this.#client.send({
      ...request,
      headers: {
        accept: 'application/json, application/x-ndjson, text/csv;q=0.9, */*;q=0.5',
        'accept-encoding': 'gzip',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...conditions,
      },
      credentials: this.#target.credentials,
      signal,
    });
    if (answer.status === 304) {
      answer.body.resume();
      return undefined;
    }
    await checkStatus(answer, clock.nowMs());
    return this.#download(answer);
  }

  async #waitForTurn(): Promise<void> {
    const { clock, signal } = this.#context;
    const nowMs = clock.nowMs();
    const turnMs = Math.max(nowMs, this.#nextMs);
    this.#nextMs = turnMs + this.#pauseMs;
    if (turnMs > nowMs) await clock.sleep(turnMs - nowMs, signal);
  }

  async #download(answer: WebAnswer): Promise<FetchedPage> {
    const { temporaryFolder, signal } = this.#context;
    const file = path.join(temporaryFolder, `http-${randomName()}`);
    const shown = shownAddress(answer.url);
    const sum = { crc: 0, size: 0 };
    try {
      await pipeline(summed(answer.body, sum, shown), createWriteStream(file, { flags: 'wx' }), { signal });
    } catch (thrown) {
      await rm(file, { force: true });
      signal.throwIfAborted();
      throw unreachable(answer.url, thrown);
    }
    return { file, ...sum, headers: answer.headers, url: answer.url, shown };
  }
}

async function* summed(
  chunks: AsyncIterable<Uint8Array>,
  sum: { crc: number; size: number },
  shown: string,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    sum.crc = crc32(chunk, sum.crc);
    sum.size += chunk.length;
    if (sum.size > ANSWER_BYTES_MAX) {
      throw new WharfError(
        'HTTP_ANSWER_TOO_LARGE',
        `"${shown}" gives more than ${formatBytes(ANSWER_BYTES_MAX)}.`,
        { hint: 'Ask for pages: the option "paging".' },
      );
    }
    yield chunk;
  }
}
