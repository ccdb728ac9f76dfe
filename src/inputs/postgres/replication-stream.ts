/**
 * The changes of one slot as they come. The server is told once in a while how far they are durable here: never further, since it
 * forgets what lies before.
 */

import type pg from 'pg';
import type { Clock } from '../../base/clock.ts';
import type { CaptureContext } from '../../kit/input.ts';
import { postgresText } from '../../kit/postgres-client.ts';
import { formatLsn, parseLsn } from '../../protocols/postgres/lsn.ts';
import {
  decodeReplication,
  encodeStandbyStatus,
  type ReplicationMessage,
} from '../../protocols/postgres/pgoutput.ts';
import { breakOff, CopyStream } from './copy-stream.ts';
import { type FollowCursor, readPostgresCursor } from './postgres-cursor.ts';
import type { SourceSession } from './source-session.ts';

/** Well below the server's wal_sender_timeout, whose default is 60 s. */
const STATUS_MS = 1_000;
/** While it is not known whether there is more, the server is asked more often. */
const ASK_MS = 100;

export class ReplicationStream {
  readonly #client: pg.Client;
  readonly #stream: CopyStream<ReplicationMessage>;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  readonly #durable: () => bigint;
  /** Ask the server where it is, often. */
  isAsking = true;

  private constructor(client: pg.Client, stream: CopyStream<ReplicationMessage>, context: CaptureContext) {
    this.#client = client;
    this.#stream = stream;
    this.#clock = context.clock;
    this.#durable = () => {
      const cursor = readPostgresCursor(context.durable());
      return cursor?.step === 'follow' ? parseLsn(cursor.lsn) : 0n;
    };
    void this.#beat();
  }

  static async open(session: SourceSession, cursor: FollowCursor): Promise<ReplicationStream> {
    const client = await session.connect(true);
    const names = postgresText(`"${cursor.publication}"`);
    const sql = `START_REPLICATION SLOT "${cursor.slot}" LOGICAL ${formatLsn(parseLsn(cursor.lsn))} (proto_version '1', publication_names ${names})`;
    const stream = new CopyStream(client, session.connection, sql, { decode: decodeReplication });
    return new ReplicationStream(client, stream, session.context);
  }

  /** All messages that have come, at least one. Throws what the server said, and the signal's reason. */
  async take(signal: AbortSignal): Promise<readonly ReplicationMessage[]> {
    return (await this.#stream.take(signal)) ?? [];
  }

  close(): void {
    this.#closed.abort(new Error('closed'));
    breakOff(this.#client);
  }

  async #beat(): Promise<void> {
    const { signal } = this.#closed;
    let sleptMs = 0;
    let told = -1n;
    while (!signal.aborted) {
      const durable = this.#durable();
      if (this.isAsking || durable !== told || sleptMs >= STATUS_MS) {
        this.#stream.send(encodeStandbyStatus(durable, this.#clock.nowMs(), true));
        told = durable;
        sleptMs = 0;
      }
      await this.#clock.sleep(ASK_MS, signal).catch(() => undefined);
      sleptMs += ASK_MS;
    }
  }
}
