import type { Principal } from '../../access/principal.ts';

/** Somebody who asks for something of a product. */
export interface Asker {
  readonly principal: Principal;
  /** What for, as they say. */
  readonly purpose?: string | undefined;
  /** False as soon as what they showed is not valid any more. */
  isValid(): boolean;
}

const PURPOSE_LENGTH_MAX = 1_000;

/** A purpose as it was stated; undefined where none was. */
export function purposeOf(stated: unknown): string | undefined {
  const text = typeof stated === 'string' ? stated.trim().slice(0, PURPOSE_LENGTH_MAX) : '';
  return text === '' ? undefined : text;
}
