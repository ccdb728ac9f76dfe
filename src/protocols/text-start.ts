import { WharfError } from '../base/errors.ts';
import './record-errors.ts';

/** As many first bytes as `textStart` must see, unless the text is shorter. */
export const TEXT_START_BYTES = 4;

const UTF16_HINT = 'Convert it first, for example with: iconv -f UTF-16 -t UTF-8.';

/**
 * How many bytes of a byte order mark a text starts with: 0 or 3.
 * Throws TEXT_NOT_UTF8 when it is UTF-16 or UTF-32, with a mark or without (seen by a NUL beside an ASCII character).
 */
export function textStart(bytes: Uint8Array, file: string): 0 | 3 {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 3;
  const marked = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  const oneIsNul = a !== undefined && b !== undefined && (a === 0) !== (b === 0);
  if (marked || oneIsNul) {
    const shown = [...bytes.subarray(0, TEXT_START_BYTES)]
      .map((n) => n.toString(16).padStart(2, '0'))
      .join(' ');
    throw new WharfError(
      'TEXT_NOT_UTF8',
      `"${file}" starts with the bytes "${shown}", which is UTF-16 or UTF-32; expected UTF-8.`,
      { hint: UTF16_HINT, place: { file, line: 1, column: 1 } },
    );
  }
  return 0;
}
