/** Measures the log that the server keeps for a slot, and warns when it is more than was said. */
import { formatBytes } from '../../base/duration.ts';
import { messageOf } from '../../base/errors.ts';
import { readSlot } from './replication-slot.ts';
import type { SourceSession } from './source-session.ts';

const LOOK_MS = 15_000;

/** Looks again and again until the signal. */
export async function watchHeldLog(session: SourceSession, slot: string, signal: AbortSignal): Promise<void> {
  const { context, options, tableText } = session;
  let isAbove = false;
  while (!signal.aborted) {
    try {
      const state = await readSlot(session, slot);
      context.measure('wal_held_bytes', state?.heldBytes ?? 0);
      const wasAbove = isAbove;
      isAbove = (state?.heldBytes ?? 0) > options.walHeldBytesMax;
      if (isAbove && !wasAbove)
        context.warn(
          `The server keeps ${formatBytes(state?.heldBytes ?? 0)} of its log for "${tableText}" (slot "${slot}"), more than the ${formatBytes(options.walHeldBytesMax)} of "wal_held_max".`,
        );
    } catch (thrown) {
      // Where the connection is broken, the reading of changes ends with it and says so.
      if (!signal.aborted)
        context.log.info(`The held log of "${tableText}" was not measured: ${messageOf(thrown)}`);
      return;
    }
    await context.clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}
