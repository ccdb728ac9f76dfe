import type { StreamRecord } from '../../kit/reader.ts';

/** Why a client gets nothing more, and where it can go on. */
export interface CutOff {
  readonly code: string;
  readonly reason: string;
  /** What to give as `from`. */
  readonly resume: number;
}

/** One client's end of a stream, whatever it speaks. */
export interface StreamChannel {
  /** Bytes that were sent and not yet taken. */
  readonly bufferedBytes: number;
  send(records: readonly StreamRecord[]): void;
  /** Resolves when everything that was sent has been taken, or the client is gone. */
  drained(): Promise<void>;
  heartbeat(): void;
  /** Says the last word, if it can still be said, and closes. Resolves when the client is gone. */
  cutOff(last: CutOff): Promise<void>;
}
