import { readLineChunks } from '../../base/line-file.ts';
import { BATCH_BYTES_MAX, BATCH_RECORDS_MAX } from './limits.ts';
import type { FetchRows, RanRecord, TypescriptRunner } from './typescript-runner.ts';

/** A control character, which no JSON text holds. */
export const LABEL_END = '\u0002';

export interface RanLine {
  /** What stands before the record. */
  readonly label: string;
  /** The record as a JSON text. */
  readonly record: string;
  readonly ran: RanRecord;
}

export interface LinesRequest {
  readonly runner: TypescriptRunner;
  readonly input: string;
  /** One record a line: a label, LABEL_END, and the record in JSON form. */
  readonly file: string;
  readonly fetch: FetchRows;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the records of a file in batches, in their order. Throws what the runner throws, and the signal's reason. */
export async function* runLines(request: LinesRequest): AsyncGenerator<readonly RanLine[]> {
  const { runner, input, file, fetch, signal } = request;
  for await (const { bytes } of readLineChunks(file, BATCH_BYTES_MAX)) {
    const lines = Buffer.from(bytes).toString('utf8').trimEnd().split('\n');
    for (let at = 0; at < lines.length; at += BATCH_RECORDS_MAX) {
      signal?.throwIfAborted();
      const batch = lines.slice(at, at + BATCH_RECORDS_MAX).map(cut);
      const ran = await runner.run(
        input,
        batch.map(({ record }) => record),
        fetch,
      );
      yield batch.map((line, i) => ({ ...line, ran: ran[i] as RanRecord }));
    }
  }
}

function cut(line: string): { label: string; record: string } {
  const end = line.indexOf(LABEL_END);
  return { label: line.slice(0, end), record: line.slice(end + 1) };
}
