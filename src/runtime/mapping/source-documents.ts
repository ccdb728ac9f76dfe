import type { Block } from '../../journal/journal.ts';
import type { Services } from '../capture/services.ts';

const HISTORY_PAGE_RECORDS = 5_000;

/**
 * The documents of a source log in [from, to], in order, as blocks: from its runs where the journal has let go of them,
 * and from the journal for the rest. The text of each document is what was captured, byte for byte.
 */
export async function* sourceDocuments(
  services: Services,
  stream: string,
  from: number,
  to: number,
): AsyncGenerator<Block> {
  const { journal, store } = services;
  let next = from;
  while (next <= to && next < journal.tail(stream)) {
    const end = Math.min(to, journal.tail(stream) - 1);
    const records = await store.history(stream, next, end, HISTORY_PAGE_RECORDS);
    const first = records[0];
    const last = records.at(-1);
    if (!first || !last) return;
    const body = Buffer.from(records.map((record) => `${record.document}\n`).join(''));
    yield {
      stream,
      dataset: first.dataset,
      first: first.position,
      last: last.position,
      timeUs: first.timeUs,
      body,
      deletes: [],
    };
    next = last.position + 1;
  }
  if (next <= to) yield* journal.read(stream, next, to);
}
