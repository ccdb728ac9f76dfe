/** Range requests (RFC 9110, section 14): one range of bytes. */

/** Both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export type RangeChoice =
  | { readonly kind: 'whole' }
  | ({ readonly kind: 'part' } & ByteRange)
  | { readonly kind: 'outside' };

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * What part of `bytes` bytes a Range header asks for. A header that is missing, malformed, or asks for several ranges is
 * ignored, as the standard allows; `outside` must be answered with 416.
 */
export function chooseRange(header: string | undefined, bytes: number): RangeChoice {
  const match = RANGE.exec((header ?? '').replaceAll(' ', ''));
  if (!match || (match[1] === '' && match[2] === '')) return { kind: 'whole' };
  if (match[1] === '') {
    const suffix = Number(match[2]);
    if (suffix === 0 || bytes === 0) return { kind: 'outside' };
    return { kind: 'part', first: Math.max(0, bytes - suffix), last: bytes - 1 };
  }
  const first = Number(match[1]);
  const last = match[2] === '' ? bytes - 1 : Number(match[2]);
  if (match[2] !== '' && last < first) return { kind: 'whole' };
  if (first >= bytes) return { kind: 'outside' };
  return { kind: 'part', first, last: Math.min(last, bytes - 1) };
}

/** True when a range may be served: there is no If-Range header, or it names this very (strong) tag. */
export function isRangeCurrent(ifRange: string | undefined, tag: string): boolean {
  return ifRange === undefined || ifRange.trim() === tag;
}
