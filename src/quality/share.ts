/** A share as its exact digits: 99.99% of 10,000 rows is 9,999 rows, and no rounding makes it another number. */
export interface Share {
  /** As it was written: `99.99%`. */
  readonly text: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Of a text that has passed the grammar: `99.5%`, `1 %`. */
export function readShare(text: string): Share {
  const digits = text.replace('%', '').trim();
  const [whole = '0', fraction = ''] = digits.split('.');
  return {
    text: `${digits}%`,
    numerator: BigInt(whole + fraction),
    denominator: 100n * 10n ** BigInt(fraction.length),
  };
}

export const ALL: Share = readShare('100%');
export const NONE: Share = readShare('0%');

/** Everything that is not in the share. */
export function restOf(share: Share): Share {
  const numerator = share.denominator - share.numerator;
  return { text: percentText(numerator, share.denominator), numerator, denominator: share.denominator };
}

/** True when `part` of `total` is at most the share. Of nothing, every part is. */
export function isWithin(part: number, total: number, share: Share): boolean {
  return BigInt(part) * share.denominator <= share.numerator * BigInt(total);
}

/** The part of a total in per cent, with four digits after the point at most. */
export function percentOf(part: number, total: number): string {
  return total === 0 ? '0%' : `${Number(((100 * part) / total).toFixed(4))}%`;
}

function percentText(numerator: bigint, denominator: bigint): string {
  const places = String(denominator).length - 3;
  const digits = String(numerator).padStart(places + 1, '0');
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - places);
  return places > 0 && fraction ? `${whole}.${fraction}%` : `${places > 0 ? whole : digits}%`;
}
