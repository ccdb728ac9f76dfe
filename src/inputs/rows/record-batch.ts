/** Records on their way into batches: lines of JSON, and which of them are deletes. */
import type { CaptureBatch, Cursor } from '../../kit/input.ts';

export interface BatchOptions {
  readonly table: string;
  readonly cursor: Cursor;
  readonly open?: boolean;
  readonly whole?: CaptureBatch['whole'];
  readonly progress?: CaptureBatch['progress'];
}

/** Lines in a buffer of its own. */
export function batchOf(
  lines: readonly string[],
  deletes: readonly number[],
  options: BatchOptions,
): CaptureBatch {
  const text = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  const bytes = new Uint8Array(Buffer.byteLength(text));
  Buffer.from(bytes.buffer).write(text);
  return batchOfLines(bytes, deletes, options);
}

/** Ownership of the bytes passes on. */
export function batchOfLines(
  bytes: Uint8Array,
  deletes: readonly number[],
  { table, cursor, open, whole, progress }: BatchOptions,
): CaptureBatch {
  return {
    bytes,
    framing: { format: 'ndjson' },
    place: { file: table, line: 1 },
    cursor,
    ...(deletes.length > 0 ? { deletes } : {}),
    ...(open ? { open } : {}),
    ...(whole ? { whole } : {}),
    ...(progress ? { progress } : {}),
  };
}
