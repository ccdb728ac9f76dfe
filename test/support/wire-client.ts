/** A client of Postgres' wire protocol that says exactly what a test wants it to, and shows what comes back. */
import { connect, type Socket } from 'node:net';

export interface WireMessage {
  readonly type: string;
  readonly body: Buffer;
}

export const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 255, value & 255]);
export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
export const cString = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf8');

export function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(body.length + 4), body]);
}

export function startup(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [cString(name), cString(value)]);
  const body = Buffer.concat([int32(196_608), ...pairs, Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}

export const query = (sql: string): Buffer => message('Q', cString(sql));
export const parse = (name: string, sql: string, oids: readonly number[] = []): Buffer =>
  message('P', cString(name), cString(sql), int16(oids.length), ...oids.map(int32));
/** Parameters as text; results in the given formats. */
export const bind = (
  portal: string,
  statement: string,
  values: readonly (string | Buffer | null)[] = [],
  results: readonly number[] = [],
): Buffer =>
  message(
    'B',
    cString(portal),
    cString(statement),
    int16(values.length),
    ...values.map((value) => int16(Buffer.isBuffer(value) ? 1 : 0)),
    int16(values.length),
    ...values.map((value) => {
      const bytes = value === null ? undefined : Buffer.from(value as string);
      return bytes ? Buffer.concat([int32(bytes.length), bytes]) : int32(-1);
    }),
    int16(results.length),
    ...results.map(int16),
  );
export const execute = (portal: string, rows = 0): Buffer => message('E', cString(portal), int32(rows));
export const sync = (): Buffer => message('S');

export class WireClient {
  readonly socket: Socket;
  readonly #received: WireMessage[] = [];
  #pending = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  ended = false;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.socket.on('data', (bytes: Buffer) => this.#take(bytes));
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('close', () => {
      this.ended = true;
      this.#wake();
    });
  }

  /** One that has started, as `me`. */
  static async started(url: string, parameters: Readonly<Record<string, string>> = {}): Promise<WireClient> {
    const client = new WireClient(url);
    client.send(startup({ user: 'me', database: new URL(url).pathname.slice(1), ...parameters }));
    await client.until('Z');
    return client;
  }

  send(...parts: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** All messages up to the first of a type, that one included; fewer when the connection ends before. */
  async until(type: string): Promise<WireMessage[]> {
    for (;;) {
      const at = this.#received.findIndex((received) => received.type === type);
      if (at >= 0 || this.ended) return this.#received.splice(0, at < 0 ? this.#received.length : at + 1);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The messages that a statement is answered with. */
  async ask(sql: string): Promise<WireMessage[]> {
    this.send(query(sql));
    return this.until('Z');
  }

  close(): void {
    this.socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= 5) {
      const length = this.#pending.readInt32BE(1);
      if (this.#pending.length < length + 1) break;
      const type = String.fromCharCode(this.#pending[0] ?? 0);
      this.#received.push({ type, body: Buffer.from(this.#pending.subarray(5, length + 1)) });
      this.#pending = this.#pending.subarray(length + 1);
    }
    this.#wake();
  }
}

/** The cells of a DataRow. */
export function cells({ body }: WireMessage): (Buffer | null)[] {
  let at = 2;
  return Array.from({ length: body.readInt16BE(0) }, () => {
    const length = body.readInt32BE(at);
    at += 4 + Math.max(0, length);
    return length < 0 ? null : body.subarray(at - length, at);
  });
}

/** The SQLSTATE of an error that is among the messages. */
export function sqlState(messages: readonly WireMessage[]): string | undefined {
  const error = messages.find(({ type }) => type === 'E');
  return error && /\0C([0-9A-Z]{5})\0/.exec(error.body.toString('latin1'))?.[1];
}
