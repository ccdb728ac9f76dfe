/**
 * What Postgres clients send (protocol 3.0), cut out of a stream of bytes.
 *
 * The first message has no type: int32 length, int32 code, and for a start-up pairs of texts. All others: byte type, int32 length
 * (itself included, the type not), body. A message may be split at any byte.
 */

import { ProtocolViolation } from './protocol-violation.ts';

export type FrontendMessage =
  | { readonly kind: 'ssl-request' }
  | { readonly kind: 'gss-request' }
  | { readonly kind: 'cancel'; readonly pid: number; readonly secret: number }
  | { readonly kind: 'startup'; readonly parameters: ReadonlyMap<string, string> }
  | { readonly kind: 'query'; readonly sql: string }
  | { readonly kind: 'parse'; readonly name: string; readonly sql: string; readonly oids: readonly number[] }
  | {
      readonly kind: 'bind';
      readonly portal: string;
      readonly statement: string;
      readonly formats: readonly number[];
      readonly values: readonly (Buffer | null)[];
      readonly results: readonly number[];
    }
  | { readonly kind: 'describe' | 'close'; readonly of: 'statement' | 'portal'; readonly name: string }
  | { readonly kind: 'execute'; readonly portal: string; readonly rowsMax: number }
  | { readonly kind: 'password'; readonly body: Buffer }
  | { readonly kind: 'sync' | 'flush' | 'terminate' | 'copy' }
  | { readonly kind: 'unknown'; readonly type: string };

const STARTUP_BYTES_MAX = 10_000;
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
const VERSION_3 = 196_608;
const CANCEL = 80_877_102;
const SSL = 80_877_103;
const GSS = 80_877_104;

export class FrontendReader {
  /** What is not read yet, as it came: put together once a message is whole, so that small pieces of a large one cost no more. */
  #pieces: Buffer[] = [];
  #held = 0;
  /** Bytes without which there is nothing to read. */
  #wanted = 0;
  #pending: Buffer = Buffer.alloc(0);
  #started = false;

  /** True when bytes of a message that is not whole yet are held. */
  get holdsBytes(): boolean {
    return this.#held > 0;
  }

  /** The messages that are whole now. Throws ProtocolViolation. */
  push(bytes: Uint8Array): FrontendMessage[] {
    this.#pieces.push(Buffer.from(bytes));
    this.#held += bytes.length;
    if (this.#held < this.#wanted) return [];
    this.#pending = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    const messages = this.#read();
    this.#pieces = this.#pending.length === 0 ? [] : [this.#pending];
    this.#held = this.#pending.length;
    this.#pending = Buffer.alloc(0);
    return messages;
  }

  #read(): FrontendMessage[] {
    const messages: FrontendMessage[] = [];
    for (;;) {
      const message = this.#started ? this.#next() : this.#first();
      if (!message) return messages;
      messages.push(message);
      if (message.kind === 'startup') this.#started = true;
    }
  }

  #first(): FrontendMessage | undefined {
    const body = this.#take(0, STARTUP_BYTES_MAX, 4);
    return body && readStartup(body);
  }

  #next(): FrontendMessage | undefined {
    const type = this.#pending[0];
    const body = this.#take(1, MESSAGE_BYTES_MAX, 0);
    return body && readTyped(String.fromCharCode(type ?? 0), new BodyReader(body));
  }

  /** The body behind the type and the length, once it is whole. */
  #take(typeBytes: number, bytesMax: number, bytesMin: number): Buffer | undefined {
    this.#wanted = typeBytes + 4;
    if (this.#pending.length < this.#wanted) return undefined;
    const length = this.#pending.readInt32BE(typeBytes);
    if (length < 4 + bytesMin || length > bytesMax)
      throw new ProtocolViolation(`invalid message length ${length}`);
    this.#wanted = typeBytes + length;
    if (this.#pending.length < this.#wanted) return undefined;
    const body = this.#pending.subarray(typeBytes + 4, typeBytes + length);
    this.#pending = this.#pending.subarray(typeBytes + length);
    return body;
  }
}

function readStartup(body: Buffer): FrontendMessage {
  const code = body.readInt32BE(0);
  if (code === SSL) return { kind: 'ssl-request' };
  if (code === GSS) return { kind: 'gss-request' };
  const reader = new BodyReader(body.subarray(4));
  if (code === CANCEL) return { kind: 'cancel', pid: reader.int32(), secret: reader.int32() };
  if (code >> 16 !== VERSION_3 >> 16)
    throw new ProtocolViolation(`unsupported frontend protocol ${code >> 16}.${code & 0xffff}`);
  const parameters = new Map<string, string>();
  for (let name = reader.text(); name !== ''; name = reader.text()) parameters.set(name, reader.text());
  return { kind: 'startup', parameters };
}

function readTyped(type: string, body: BodyReader): FrontendMessage {
  switch (type) {
    case 'Q':
      return { kind: 'query', sql: body.text() };
    case 'P':
      return { kind: 'parse', name: body.text(), sql: body.text(), oids: body.list(() => body.uint32()) };
    case 'B':
      return {
        kind: 'bind',
        portal: body.text(),
        statement: body.text(),
        formats: body.list(() => body.int16()),
        values: body.list(() => body.sized()),
        results: body.list(() => body.int16()),
      };
    case 'D':
    case 'C': {
      const of = body.byte() === 'S' ? 'statement' : 'portal';
      return { kind: type === 'D' ? 'describe' : 'close', of, name: body.text() };
    }
    case 'E':
      return { kind: 'execute', portal: body.text(), rowsMax: body.int32() };
    case 'p':
      return { kind: 'password', body: body.rest() };
    default:
      return PLAIN[type] ?? { kind: 'unknown', type };
  }
}

const PLAIN: Readonly<Record<string, FrontendMessage>> = {
  S: { kind: 'sync' },
  H: { kind: 'flush' },
  X: { kind: 'terminate' },
  d: { kind: 'copy' },
  c: { kind: 'copy' },
  f: { kind: 'copy' },
};

class BodyReader {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  byte(): string {
    return String.fromCharCode(this.#body[this.#advance(1)] ?? 0);
  }

  int16(): number {
    return this.#body.readInt16BE(this.#advance(2));
  }

  int32(): number {
    return this.#body.readInt32BE(this.#advance(4));
  }

  uint32(): number {
    return this.#body.readUInt32BE(this.#advance(4));
  }

  text(): string {
    const end = this.#body.indexOf(0, this.#at);
    if (end < 0) throw new ProtocolViolation('a text in a message does not end');
    return this.#body.toString('utf8', this.#advance(end + 1 - this.#at), end);
  }

  sized(): Buffer | null {
    const length = this.int32();
    if (length === -1) return null;
    const start = this.#advance(length);
    return Buffer.from(this.#body.subarray(start, start + length));
  }

  rest(): Buffer {
    const start = this.#advance(this.#body.length - this.#at);
    return Buffer.from(this.#body.subarray(start));
  }

  list<T>(read: () => T): T[] {
    const count = this.int16();
    if (count < 0) throw new ProtocolViolation('a list in a message has a negative length');
    return Array.from({ length: count }, read);
  }

  #advance(bytes: number): number {
    const start = this.#at;
    if (bytes < 0 || start + bytes > this.#body.length) throw new ProtocolViolation('a message ends early');
    this.#at += bytes;
    return start;
  }
}
