import { createHash } from 'node:crypto';

const TAG_LENGTH = 22;

/** A strong entity tag of whatever an answer depends on: 132 bits of SHA-256, quoted. */
export function entityTag(parts: readonly (string | number)[]): string {
  return `"${fingerprint(parts)}"`;
}

/** A short name of a list of values; equal lists have equal names. */
export function fingerprint(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, TAG_LENGTH);
}
