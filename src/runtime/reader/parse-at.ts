import { WharfError } from '../../base/errors.ts';
import '../errors.ts';

/** Where to read, once understood. */
export type AtPoint =
  | { readonly kind: 'position'; readonly position: number }
  | { readonly kind: 'time'; readonly timeUs: number };

const POSITION = /^\d{1,15}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.(\d{1,6}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A position (`1200`) or an ISO 8601 instant (`2026-11-21`, `2026-11-21T10:00:00.5Z`; without an offset: UTC). Throws AT_INVALID. */
export function parseAt(text: string): AtPoint {
  if (POSITION.test(text)) return { kind: 'position', position: Number(text) };
  const timeUs = parseInstantUs(text);
  if (timeUs !== undefined) return { kind: 'time', timeUs };
  throw new WharfError('AT_INVALID', `"${text}" is neither a position nor a time.`, {
    hint: 'Give a position such as 1200, or an ISO 8601 time such as 2026-11-21T10:00:00Z.',
  });
}

/** Microseconds since 1970; undefined when the text is not an instant. */
function parseInstantUs(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const zoned = match[5] || match[1] === undefined ? text : `${text}Z`;
  const fraction = match[4] ?? '';
  const ms = Date.parse(zoned.replace(/\.\d+/, '').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(ms)) return undefined;
  return ms * 1_000 + Number(fraction.padEnd(6, '0'));
}
