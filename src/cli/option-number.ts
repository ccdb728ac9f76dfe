import { UsageError } from './command.ts';

export interface NumberBounds {
  readonly min: number;
  readonly max: number;
}

/** The whole number that an option was given. Throws a UsageError that names the option, as `--limit`. */
export function optionNumber(option: string, given: unknown, { min, max }: NumberBounds): number {
  const text = String(given);
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${option} takes a whole number from ${min} to ${max}, and received "${text}".`);
}

/** TCP ports; 0 takes any free one. */
export const PORT_BOUNDS: NumberBounds = { min: 0, max: 65_535 };
