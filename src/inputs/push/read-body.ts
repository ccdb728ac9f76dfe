import { finished, type Readable } from 'node:stream';
import { formatBytes } from '../../base/duration.ts';
import { WharfError } from '../../base/errors.ts';
import type { BodyShare } from './body-room.ts';
import './errors.ts';

/** The largest body of one push, as sent and once unpacked. A push is acknowledged as a whole, so it must fit in memory. */
export const PUSH_BODY_BYTES_MAX = 32 * 1024 * 1024;

/** All of a body. Rejects with PUSH_TOO_LARGE and PUSH_BUSY, and, as the caller's fault, when the body breaks off. */
export function readBody(payload: Readable, declaredBytes: number, share: BodyShare): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) =>
      unlessRefused(() => {
        bytes += chunk.length;
        checkSize(bytes);
        share.add(chunk.length);
        chunks.push(chunk);
      });
    const stopWatching = finished(payload, { writable: false }, (error) => {
      if (error) reject(Object.assign(error, { statusCode: 400 }));
      else resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes));
    });
    const unlessRefused = (work: () => void) => {
      try {
        work();
      } catch (thrown) {
        stopWatching();
        payload.off('data', take);
        // What still comes is dropped, so that the sender gets to read the answer.
        payload.on('error', () => undefined).resume();
        reject(thrown);
      }
    };
    unlessRefused(() => {
      checkSize(declaredBytes);
      payload.on('data', take);
    });
  });
}

function checkSize(bytes: number): void {
  if (bytes <= PUSH_BODY_BYTES_MAX) return;
  throw new WharfError('PUSH_TOO_LARGE', `The body is larger than ${formatBytes(PUSH_BODY_BYTES_MAX)}.`, {
    hint: 'Send it in several requests.',
  });
}
