/** Dates and times as text, from the numbers that the engine holds. Years beyond 0001 to 9999 are left to the engine's own text. */

const DAY_US = 86_400_000_000n;
/** 0001-01-01 and 9999-12-31 as days since 1970. */
const DAY_MIN = -719_162;
const DAY_MAX = 2_932_896;

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** `2001-01-31`; undefined for years that have another form. */
export function dateText(days: number): string | undefined {
  if (days < DAY_MIN || days > DAY_MAX) return undefined;
  const date = new Date(days * 86_400_000);
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `${year}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** `22:27:00`, `22:27:00.5`, of microseconds since midnight. */
export function timeText(micros: bigint): string {
  const us = Number(micros);
  const seconds = Math.floor(us / 1_000_000);
  const fraction = us % 1_000_000;
  const text = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}

/** Date and time of microseconds since 1970, with `between` between them. */
export function timestampText(micros: bigint, between: string): string | undefined {
  let days = micros / DAY_US;
  let rest = micros % DAY_US;
  if (rest < 0n) {
    rest += DAY_US;
    days -= 1n;
  }
  const date = dateText(Number(days));
  return date === undefined ? undefined : `${date}${between}${timeText(rest)}`;
}
