/** Dates, times and timestamps as text: checked against the calendar, in one canonical writing. */

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const TIME = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?$/;
const OFFSET = /^(?:[Zz]|([-+])([0-9]{2}):([0-9]{2}))$/;
const TIMESTAMP = /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)(.*)$/;

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MINUTES_OF_DAY = 24 * 60;
/** Microseconds: the digits of a second's fraction that are kept. */
export const FRACTION_DIGITS_MAX = 6;

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysOf(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (DAYS_OF_MONTH[month - 1] ?? 0);
}

/** `2001-01-31` when it is a day from 0001-01-01 to 9999-12-31; else undefined. */
export function dateText(text: string): string | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return year >= 1 && day >= 1 && day <= daysOf(year, month) ? text : undefined;
}

/** `22:27:00`, `22:27:00.5`: at most six digits of a second, without trailing zeros; else undefined. */
export function timeText(text: string): string | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  if (Number(match[1]) > 23 || Number(match[2]) > 59 || Number(match[3]) > 59) return undefined;
  let fraction = match[4] ?? '';
  while (fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  if (fraction.length > FRACTION_DIGITS_MAX) return undefined;
  const whole = text.slice(0, 8);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** A wall clock reading, `2001-01-31T22:27:00.5`, without an offset; else undefined. */
export function localTimestampText(text: string): string | undefined {
  const match = TIMESTAMP.exec(text);
  if (match?.[3] !== '') return undefined;
  const date = dateText(match[1] ?? '');
  const time = timeText(match[2] ?? '');
  return date !== undefined && time !== undefined ? `${date}T${time}` : undefined;
}

/** An instant, `2001-01-31T22:27:00.5Z`, from a text with any offset; else undefined. */
export function utcTimestampText(text: string): string | undefined {
  const match = TIMESTAMP.exec(text);
  const offset = match && OFFSET.exec(match[3] ?? '');
  const date = match && dateText(match[1] ?? '');
  const time = match && timeText(match[2] ?? '');
  if (!offset || !date || !time) return undefined;
  if (offset[1] === undefined) return `${date}T${time}Z`;
  const [hours, minutes] = [Number(offset[2]), Number(offset[3])];
  if (hours > 23 || minutes > 59) return undefined;
  return shifted(date, time, (offset[1] === '-' ? 1 : -1) * (hours * 60 + minutes));
}

/** The instant `byMinutes` later, in Z form; undefined when it leaves the years 1 to 9999. */
function shifted(date: string, time: string, byMinutes: number): string | undefined {
  const total = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)) + byMinutes;
  const days = Math.floor(total / MINUTES_OF_DAY);
  const minutes = total - days * MINUTES_OF_DAY;
  const day = days === 0 ? date : neighbourDay(date, days);
  if (day === undefined) return undefined;
  return `${day}T${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}${time.slice(5)}Z`;
}

/** The day before (-1) or after (1); an offset is less than a day, so it is never further. */
function neighbourDay(date: string, step: number): string | undefined {
  let [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8)) + step];
  if (day < 1) {
    month -= 1;
    if (month < 1) [year, month] = [year - 1, 12];
    day = daysOf(year, month);
  } else if (day > daysOf(year, month)) {
    [month, day] = [month + 1, 1];
    if (month > 12) [year, month] = [year + 1, 1];
  }
  if (year < 1 || year > 9999) return undefined;
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
