import type { Services } from './services.ts';

/**
 * Bytes of a stream in the journal above which what fills it waits for runs to be made of them. The journal's file grows to about
 * this much for each stream that is filled, and its pages stay in memory while there is room for them.
 */
const JOURNAL_HELD_BYTES_MAX = 128 * 1024 * 1024;
/** ... and records: a start waits until what the journal holds is in runs, and small records take as long as larger ones. */
const JOURNAL_HELD_RECORDS_MAX = 2_000_000;
const WAIT_FOR_ROOM_MS = 20;

/** Until the journal may take more of the stream. Rejects with the signal's reason. */
export async function waitForJournalRoom(
  { journal, clock }: Pick<Services, 'journal' | 'clock'>,
  stream: string,
  signal: AbortSignal,
): Promise<void> {
  const isFull = () =>
    journal.heldBytes(stream) > JOURNAL_HELD_BYTES_MAX ||
    journal.head(stream) - journal.tail(stream) >= JOURNAL_HELD_RECORDS_MAX;
  while (isFull()) await clock.sleep(WAIT_FOR_ROOM_MS, signal);
}
