/** Records that the journal still holds, as they were journaled: at hand without the engine. */
import type { Journal } from '../journal/journal.ts';

export interface JournaledRecord {
  /** JSON text in journal form; of a delete at least the key. */
  readonly document: string;
  readonly isDelete: boolean;
}

export interface RecordRange {
  readonly stream: string;
  readonly dataset: string;
  readonly after: number;
  readonly through: number;
}

/** True when the journal has all positions of the range, and they are at most `max`. */
export function isAtHand(
  journal: Journal,
  { stream, after, through }: Omit<RecordRange, 'dataset'>,
  max: number,
): boolean {
  return through - after <= max && (through === after || journal.tail(stream) <= after + 1);
}

/** The dataset's records in (after, through], in order; undefined when they are not all at hand. */
export function journaledRecords(
  journal: Journal,
  range: RecordRange,
  max: number,
): readonly JournaledRecord[] | undefined {
  const { stream, dataset, after, through } = range;
  if (!isAtHand(journal, range, max)) return undefined;
  const records: JournaledRecord[] = [];
  const blocks = through === after ? [] : journal.read(stream, after + 1, through);
  for (const block of blocks) {
    if (block.dataset !== dataset) continue;
    const { buffer, byteOffset, byteLength } = block.body;
    const lines = Buffer.from(buffer, byteOffset, byteLength).toString('utf8').split('\n');
    const deletes = new Set(block.deletes);
    const [from, to] = [Math.max(0, after + 1 - block.first), Math.min(block.last, through) - block.first];
    for (let i = from; i <= to; i++) records.push({ document: lines[i] ?? '', isDelete: deletes.has(i) });
  }
  return records;
}
