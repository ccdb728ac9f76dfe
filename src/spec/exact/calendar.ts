/** Dates and times as texts, checked against the real calendar, years 0001 to 9999. */

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/;
const OFFSET = /(Z|[+-]\d{2}:\d{2})$/;
const MICROS_A_DAY = 86_400_000_000n;
const MICROS_A_MINUTE = 60_000_000n;

/** Days since 1970-01-01; undefined when there is no such day. */
export function readDate(text: string): bigint | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = (DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
  if (year < 1 || day < 1 || day > last) return undefined;
  // Date.UTC reads years below 100 as 19xx; setUTCFullYear does not.
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  return BigInt(at.getTime() / 86_400_000);
}

export function isRealDate(text: string): boolean {
  return readDate(text) !== undefined;
}

/** Microseconds since midnight. */
export function readTime(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const micros = BigInt((match[4] ?? '').padEnd(6, '0'));
  return BigInt((hour * 60 + minute) * 60 + second) * 1_000_000n + micros;
}

/** Microseconds since 1970; `utc` needs an offset, `local` must not have one. */
export function readTimestamp(text: string, zone: 'utc' | 'local'): bigint | undefined {
  const offset = OFFSET.exec(text)?.[1];
  if ((zone === 'utc') !== (offset !== undefined)) return undefined;
  const [dateText, timeText, more] = text.slice(0, text.length - (offset?.length ?? 0)).split('T');
  const day = dateText === undefined ? undefined : readDate(dateText);
  const time = timeText === undefined ? undefined : readTime(timeText);
  if (day === undefined || time === undefined || more !== undefined) return undefined;
  const shift = offset === undefined || offset === 'Z' ? 0 : offsetMinutes(offset);
  return shift === undefined ? undefined : day * MICROS_A_DAY + time - BigInt(shift) * MICROS_A_MINUTE;
}

function offsetMinutes(offset: string): number | undefined {
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4, 6))];
  if (hours > 18 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
