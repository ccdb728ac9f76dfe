/**
 * Carries records to one client at the client's own pace.
 *
 * Nothing is read for a client while its buffer is full, so a slow one costs at most the buffer and slows nobody. One that
 * does not take a full buffer in time is cut off and told where to go on.
 */
import type { Clock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import type { StreamRecord } from '../../kit/reader.ts';
import '../errors.ts';
import { slicesOf } from './slices-of.ts';
import type { CutOff, StreamChannel } from './stream-channel.ts';
import type { StreamLimits } from './stream-limits.ts';
import { isWithinTime } from './within-time.ts';

export interface PumpOptions {
  readonly batches: AsyncIterable<readonly StreamRecord[]>;
  readonly channel: StreamChannel;
  readonly limits: StreamLimits;
  /** Bytes that may wait for this client now. */
  readonly bufferBytes: () => number;
  readonly clock: Clock;
  /** Aborted when the client is gone, or with a WharfError that it is to be told. */
  readonly signal: AbortSignal;
  /** Where a client that gets nothing at all would go on. */
  readonly firstPosition: number;
}

/** Until the client is gone or cut off. Throws what is not a WharfError, once the client has been told that something is wrong. */
export async function pumpStream(options: PumpOptions): Promise<void> {
  const over = new AbortController();
  void beat(options, AbortSignal.any([options.signal, over.signal]));
  const progress = { resume: options.firstPosition };
  try {
    await sendAll(options, progress);
    if (options.signal.reason instanceof WharfError)
      await end(options, options.signal.reason, progress.resume);
  } catch (thrown) {
    if (thrown instanceof WharfError) return await end(options, thrown, progress.resume);
    await end(options, new WharfError('STREAM_FAILED', 'Something went wrong on our side.'), progress.resume);
    throw thrown;
  } finally {
    over.abort();
  }
}

async function sendAll(
  { batches, channel, limits, bufferBytes, clock, signal }: PumpOptions,
  progress: { resume: number },
): Promise<void> {
  for await (const batch of batches) {
    for (const slice of slicesOf(batch, bufferBytes())) {
      if (signal.aborted) return;
      channel.send(slice);
      progress.resume = (slice.at(-1)?.position ?? 0) + 1;
      const most = bufferBytes();
      if (channel.bufferedBytes <= most) continue;
      if (await isWithinTime(channel.drained(), limits.stallMs, clock, signal)) continue;
      throw new WharfError(
        'STREAM_STALLED',
        `The client took less than ${most} bytes in ${limits.stallMs} ms.`,
      );
    }
  }
}

async function beat({ channel, limits, clock }: PumpOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isDue = await clock.sleep(limits.heartbeatMs, signal).then(
      () => true,
      () => false,
    );
    if (isDue) channel.heartbeat();
  }
}

async function end({ channel }: PumpOptions, error: WharfError, resume: number): Promise<void> {
  const last: CutOff = { code: error.code, reason: error.message, resume };
  await channel.cutOff(last);
}
