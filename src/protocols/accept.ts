/** Choosing what to answer with from an Accept header (RFC 9110, 12.5.1). */

interface Range {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

const RANGES_MAX = 64;

/**
 * The best of the offered media types (`type/subtype`, the preferred first) for an Accept header; undefined when none is
 * acceptable. A missing or empty header accepts everything.
 */
export function negotiate<T extends string>(
  accept: string | undefined,
  offered: readonly T[],
): T | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const ranges = accept.split(',', RANGES_MAX).flatMap(parseRange);
  let best: T | undefined;
  let bestQuality = 0;
  for (const mediaType of offered) {
    const quality = qualityOf(mediaType, ranges);
    if (quality > bestQuality) {
      best = mediaType;
      bestQuality = quality;
    }
  }
  return best;
}

function parseRange(text: string): Range[] {
  const [name, ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const [type, subtype] = (name ?? '').split('/');
  if (!type || !subtype) return [];
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return Number.isNaN(quality) ? [] : [{ type, subtype, quality: Math.min(1, Math.max(0, quality)) }];
}

/** The most specific range decides, as the standard has it. */
function qualityOf(mediaType: string, ranges: readonly Range[]): number {
  const [type, subtype] = mediaType.split('/');
  const exact = ranges.find((range) => range.type === type && range.subtype === subtype);
  const family = ranges.find((range) => range.type === type && range.subtype === '*');
  const any = ranges.find((range) => range.type === '*' && range.subtype === '*');
  return (exact ?? family ?? any)?.quality ?? 0;
}
