/** Statements that answer with a stream of data messages: COPY ... TO STDOUT, and START_REPLICATION. */
import type pg from 'pg';
import type { NamedConnection } from '../../kit/connection.ts';
import { postgresError } from '../../kit/postgres-client.ts';
import { MessageQueue, type Pausable } from './message-queue.ts';

/** What the client's own types leave out. */
interface WireConnection {
  readonly stream: Pausable & { destroy(): void };
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
}

function wireOf(client: pg.Client): WireConnection {
  return (client as unknown as { connection: WireConnection }).connection;
}

/** Ends a connection at once, whatever it is in the middle of. */
export function breakOff(client: pg.Client): void {
  wireOf(client).stream.destroy();
}

interface Decoding<T> {
  /** Does not keep the bytes; undefined is left out. */
  readonly decode: (bytes: Buffer) => T | undefined;
  /** Characters or bytes that an item holds while it waits; of the message by default. */
  readonly sizeOf?: (item: T) => number;
}

/** The data messages of one statement, decoded as they come. The client does nothing else meanwhile. */
export class CopyStream<T> {
  readonly #client: pg.Client;
  readonly #queue: MessageQueue<T>;

  constructor(client: pg.Client, connection: NamedConnection, sql: string, { decode, sizeOf }: Decoding<T>) {
    this.#client = client;
    const queue = new MessageQueue<T>(wireOf(client).stream);
    this.#queue = queue;
    const fail = (thrown: unknown) => queue.end(postgresError(thrown, connection));
    client.once('error', fail);
    client.once('end', () => fail(new Error('Connection terminated')));
    const statement = {
      submit: (wire: WireConnection) => wire.query(sql),
      handleCopyData(message: { chunk: Buffer }) {
        try {
          const decoded = decode(message.chunk);
          if (decoded !== undefined) queue.push(decoded, sizeOf?.(decoded) ?? message.chunk.length);
        } catch (thrown) {
          fail(thrown);
        }
      },
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => queue.end(),
      handleError: fail,
    };
    client.query(statement as unknown as pg.Submittable);
  }

  /** All that has come; undefined at the end. Throws what the server said, and the signal's reason. */
  take(signal: AbortSignal): Promise<readonly T[] | undefined> {
    return this.#queue.take(signal);
  }

  /** Only while replicating. */
  send(bytes: Buffer): void {
    wireOf(this.#client).sendCopyFromChunk(bytes);
  }
}
