import { DOCUMENT_TEXT_MAX, type Slice, type SliceVerdict } from '../../schema/slice.ts';

/** The verdict on a slice of one record that could not be validated within the limit: it is set aside with the reason VALIDATION_TIMEOUT. */
export function timedOut(slice: Slice, limitMs: number): SliceVerdict {
  const document = new TextDecoder().decode(slice.bytes).trim().slice(0, DOCUMENT_TEXT_MAX);
  const message = `The record could not be validated within ${limitMs} ms.`;
  return {
    accepted: new Uint8Array(),
    count: 0,
    indices: [],
    rejects: [
      {
        line: slice.line,
        index: 0,
        document,
        reasons: [{ code: 'VALIDATION_TIMEOUT', pointer: '', message }],
      },
    ],
  };
}
