/**
 * A part of a bucket as a store. An object is there as a whole or not at all; whether one may be replaced is asked of the store itself
 * (`If-Match`, `If-None-Match`), so of two writers one hears no. Every request is tried again where that may help: a repeated one changes
 * nothing, and a condition that fails because the first try took effect is told by the content.
 */
import { open, readFile, stat } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { crashPoint } from '../../base/crash-points.ts';
import { WharfError } from '../../base/errors.ts';
import type { NamedConnection } from '../../kit/connection.ts';
import type { DeliveryContext } from '../../kit/delivery.ts';
import '../../kit/errors.ts';
import { listBucket } from '../../kit/s3/list-bucket.ts';
import { S3Bucket, type S3Request } from '../../kit/s3/s3-bucket.ts';
import { checkStatus } from '../../kit/web/check-status.ts';
import { Patience } from '../../kit/web/patience.ts';
import { unreachable, type WebAnswer } from '../../kit/web/web-client.ts';
import { uploadId, uploadXml } from '../../protocols/s3-upload.ts';
import type { ObjectStore } from './object-store.ts';

const ATTEMPTS_MAX = 5;
/** Larger files are sent in parts of this size; stores take no smaller ones. */
const PART_BYTES = 8 * 1024 * 1024;
/** Parts of one object, as Amazon has it. */
const PARTS_MAX = 10_000;
const NAMES_MAX = 1_000_000;
const CONFLICT = 409;
const CHANGED = 412;

interface Held {
  readonly text: string;
  readonly etag: string;
}

type Context = Pick<DeliveryContext, 'reveal' | 'clock' | 'signal'>;

export class BucketStore implements ObjectStore {
  readonly #bucket: S3Bucket;
  readonly #prefix: string;
  readonly #context: Context;

  /** Names are below `prefix`, which begins and ends without `/`; empty for the whole bucket. */
  constructor(connection: NamedConnection, prefix: string, context: Context) {
    this.#bucket = new S3Bucket(connection, context.reveal);
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    this.#context = context;
  }

  async read(name: string): Promise<string | undefined> {
    return (await this.#held(name))?.text;
  }

  async putFile(name: string, file: string): Promise<void> {
    crashPoint('deliver.files-before-write');
    const { size } = await stat(file);
    if (size > PART_BYTES) await this.#putParts(name, file, size);
    else await this.#ask({ method: 'PUT', key: name, body: await readFile(file) });
  }

  async putText(name: string, text: string): Promise<void> {
    crashPoint('deliver.files-before-write');
    await this.#ask({ method: 'PUT', key: name, body: Buffer.from(text) });
  }

  async swapText(name: string, text: string, expected: string | undefined): Promise<boolean> {
    crashPoint('deliver.files-before-write');
    const held = await this.#held(name);
    if (held?.text !== expected) return false;
    return this.#putIf(name, text, held ? { 'if-match': held.etag } : { 'if-none-match': '*' });
  }

  async putNew(name: string, text: string): Promise<boolean> {
    crashPoint('deliver.files-before-write');
    return this.#putIf(name, text, { 'if-none-match': '*' });
  }

  async list(prefix: string): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const objects of listBucket(this.#bucket, this.#prefix + prefix, this.#context)) {
      for (const { key } of objects) names.push(key.slice(this.#prefix.length));
      if (names.length > NAMES_MAX)
        throw new WharfError(
          'DELIVERY_REFUSED',
          `"${this.#bucket.shown}/${this.#prefix}${prefix}" holds more than ${NAMES_MAX} objects.`,
          { hint: 'Keep fewer snapshots, or partition by fewer values.' },
        );
    }
    return names.sort();
  }

  async remove(names: readonly string[]): Promise<void> {
    crashPoint('deliver.files-before-remove');
    for (const name of names) await this.#ask({ method: 'DELETE', key: name }, [404]);
  }

  close(): void {
    this.#bucket.close();
  }

  /** The object and its tag; undefined where there is none. */
  #held(name: string): Promise<Held | undefined> {
    return this.#patient(async () => {
      const answer = await this.#send({ method: 'GET', key: name }, [404]);
      const text = await wordsOf(answer);
      return answer.status === 404 ? undefined : { text, etag: answer.headers.etag ?? '' };
    });
  }

  /** False where the condition fails, and the object is not what was to be written. */
  async #putIf(name: string, text: string, headers: Readonly<Record<string, string>>): Promise<boolean> {
    const body = Buffer.from(text);
    const status = await this.#ask({ method: 'PUT', key: name, headers, body }, [CHANGED]);
    return status !== CHANGED || (await this.read(name)) === text;
  }

  /** Until all parts are put together there is nothing to see; what is not put together is given up. */
  async #putParts(name: string, file: string, size: number): Promise<void> {
    const partBytes = Math.max(PART_BYTES, Math.ceil(size / PARTS_MAX));
    const key = name;
    const begun = await this.#text({ method: 'POST', key, query: { uploads: '' } });
    const id = uploadId(begun);
    if (id === undefined)
      throw new WharfError('WEB_REFUSED', `"${this.#bucket.shown}" began no upload in parts.`, {
        hint: 'Look at the endpoint of the connection.',
      });
    try {
      const tags: string[] = [];
      const handle = await open(file, 'r');
      try {
        for (let at = 0; at < size; at += partBytes) {
          const body = Buffer.alloc(Math.min(partBytes, size - at));
          await handle.read(body, 0, body.length, at);
          const query = { partNumber: String(tags.length + 1), uploadId: id };
          tags.push(await this.#tag({ method: 'PUT', key, query, body }));
        }
      } finally {
        await handle.close();
      }
      const body = Buffer.from(uploadXml(tags));
      const ended = await this.#text({ method: 'POST', key, query: { uploadId: id }, body });
      // A store may say that all is well before it has put the parts together, and then tell of an error.
      if (/<Error>/.test(ended))
        throw new WharfError(
          'WEB_BUSY',
          `"${this.#bucket.shown}" did not put the parts of "${key}" together.`,
          {
            hint: 'It is tried again by itself.',
          },
        );
    } catch (thrown) {
      if (!this.#context.signal.aborted)
        await this.#ask({ method: 'DELETE', key, query: { uploadId: id } }, [404]);
      throw thrown;
    }
  }

  /** The status; those of `also` are answers too. */
  #ask(request: Omit<S3Request, 'signal'>, also: readonly number[] = []): Promise<number> {
    return this.#patient(async () => {
      const answer = await this.#send(request, also);
      await wordsOf(answer);
      return answer.status;
    });
  }

  #text(request: Omit<S3Request, 'signal'>): Promise<string> {
    return this.#patient(async () => wordsOf(await this.#send(request)));
  }

  #tag(request: Omit<S3Request, 'signal'>): Promise<string> {
    return this.#patient(async () => {
      const answer = await this.#send(request);
      await wordsOf(answer);
      return answer.headers.etag ?? '';
    });
  }

  async #send(request: Omit<S3Request, 'signal'>, also: readonly number[] = []): Promise<WebAnswer> {
    const { clock, signal } = this.#context;
    const answer = await this.#bucket.send({ ...request, key: this.#prefix + request.key, signal });
    if (answer.status === CONFLICT)
      // Two writes at once: the store asks for another try, which then meets the condition or does not.
      throw new WharfError('WEB_BUSY', `"${this.#bucket.shown}" answered 409.`, {
        hint: 'It is tried again by itself.',
      });
    if (!also.includes(answer.status)) await checkStatus(answer, clock.nowMs());
    return answer;
  }

  #patient<T>(work: () => Promise<T>): Promise<T> {
    const { clock, signal } = this.#context;
    return new Patience({ clock, signal, attemptsMax: ATTEMPTS_MAX }).until(work);
  }
}

async function wordsOf({ body, url }: WebAnswer): Promise<string> {
  try {
    return await textOf(body);
  } catch (thrown) {
    throw unreachable(url, thrown);
  }
}
