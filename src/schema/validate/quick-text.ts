/** Quick scans of texts and base64. */
import type { Field } from '../field.ts';
import { QUOTE, type Scan, scanPlainString, startsWith, UNSURE } from './byte-scan.ts';
import { compileConstraints } from './constraints.ts';

/**
 * The scan, and then the field's constraints on what was scanned. What is scanned stands byte for byte between quotes;
 * strings with escapes are left to the exact way.
 */
export function withTextConstraints(field: Field, scan: Scan = scanPlainString): Scan {
  const check = compileConstraints(field);
  return (bytes, at) => {
    const end = scan(bytes, at);
    if (end === UNSURE) return UNSURE;
    const text = bytes.toString('utf8', at + 1, end - 1);
    return check(text, () => codePoints(text)).length === 0 ? end : UNSURE;
  };
}

/** More members are looked up as texts. */
const LISTED_MAX = 24;

/** Strings with no other constraint than a short `enum`: compared as bytes. Undefined for others. */
export function compileQuickListed({ enum: listed, length, pattern, format }: Field): Scan | undefined {
  if (!listed || listed.length > LISTED_MAX || length || pattern !== undefined || format) return undefined;
  const members = listed.map((member) => Buffer.from(JSON.stringify(member)));
  return (bytes, at) => {
    for (const member of members) if (startsWith(bytes, at, member)) return at + member.length;
    return UNSURE;
  };
}

function codePoints(text: string): number {
  let points = 0;
  for (const _ of text) points += 1;
  return points;
}

const EQUALS = 0x3d;
const NO_SIXTET = 64;
const SIXTETS = new Uint8Array(256).fill(NO_SIXTET);
for (const [i, letter] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  SIXTETS[letter.charCodeAt(0)] = i;

/** Base64 with padding, and no bits set that no byte has; `length` counts bytes. */
export function compileQuickBytes(field: Field): Scan {
  const { min = 0, max = Number.POSITIVE_INFINITY } = field.length ?? {};
  return (bytes, at) => {
    if (bytes[at] !== QUOTE) return UNSURE;
    let end = at + 1;
    while ((SIXTETS[bytes[end] as number] as number) < NO_SIXTET) end += 1;
    const last = SIXTETS[bytes[end - 1] as number] as number;
    let padding = 0;
    while (bytes[end] === EQUALS && padding < 2) {
      end += 1;
      padding += 1;
    }
    const characters = end - at - 1;
    if (bytes[end] !== QUOTE || characters % 4 !== 0) return UNSURE;
    if ((padding === 1 && (last & 3) !== 0) || (padding === 2 && (last & 15) !== 0)) return UNSURE;
    const count = (characters / 4) * 3 - padding;
    return count >= min && count <= max ? end + 1 : UNSURE;
  };
}
