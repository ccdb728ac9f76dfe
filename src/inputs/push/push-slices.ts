import { CAPTURE_BATCH_BYTES_MAX } from '../../kit/input.ts';
import { JsonRecords } from '../../protocols/json-records.ts';
import { NdjsonRecords } from '../../protocols/ndjson-records.ts';
import type { RecordSlice } from '../../protocols/record-framer.ts';
import type { Slice } from '../../schema/slice.ts';

export type PushFormat = 'json' | 'ndjson';

const SOURCE = 'the request body';
const LINE_FEED = 10;

/** A body as slices of whole records. Throws JSON_DOCUMENT_BROKEN, JSON_DOCUMENT_UNFINISHED, TEXT_NOT_UTF8 and RECORD_TOO_LONG as the framers do. */
export function slicesOfPush(body: Uint8Array, format: PushFormat): Slice[] {
  const cut = format === 'json' ? cutDocument(body) : cutLines(body);
  return cut
    .filter(({ bytes }) => holdsRecord(bytes))
    .map(({ bytes, line }) => ({ bytes, line, framing: { format: 'ndjson' } }));
}

function cutDocument(body: Uint8Array): RecordSlice[] {
  const framer = new JsonRecords({ file: SOURCE, path: [], sliceBytesMax: CAPTURE_BATCH_BYTES_MAX });
  return [...framer.push(body), ...framer.end()];
}

function cutLines(body: Uint8Array): RecordSlice[] {
  const framer = new NdjsonRecords({ file: SOURCE, sliceBytesMax: CAPTURE_BATCH_BYTES_MAX });
  // Each slice costs a way to a validation thread and back: the last line of a small body does not need one for itself.
  const isSmall = body.length < CAPTURE_BATCH_BYTES_MAX && body.at(-1) !== LINE_FEED;
  const slices = framer.push(isSmall ? Buffer.concat([body, Buffer.of(LINE_FEED)]) : body);
  const rest = framer.rest();
  return rest ? [...slices, rest] : slices;
}

/** False when there is white space only. */
export function holdsRecord(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte > 32);
}
