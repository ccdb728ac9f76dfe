/**
 * The quick way: one look at a record's bytes. A place behind it means that the record is valid and stands in its bytes as
 * journal form wants it; UNSURE means no more than that the exact way has to look.
 *
 * It must never be sure where the exact check finds a reason, or another value: `two-ways.test.ts` compares the two.
 */
import { unreachable } from '../../base/assert.ts';
import type { Field } from '../field.ts';
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_ARRAY,
  OPEN_OBJECT,
  type Scan,
  scanAny,
  scanBoolean,
  scanNull,
  scanPlainString,
  scanString,
  skipBlank,
  UNSURE,
} from './byte-scan.ts';
import { compileQuickNumber } from './quick-number.ts';
import { compileQuickBytes, withTextConstraints } from './quick-text.ts';
import { compileQuickTime } from './quick-time.ts';

const NEVER: Scan = () => UNSURE;
const LETTER_N = 0x6e;

/** A value that is not null; `depth` counts the arrays and objects around it. */
function compileValue(field: Field, unknown: 'refuse' | 'ignore', depth: number): Scan {
  switch (field.type) {
    case 'string':
      return isConstrained(field) ? withTextConstraints(field) : scanString;
    case 'integer':
    case 'number':
    case 'decimal':
      return compileQuickNumber(field) ?? NEVER;
    case 'boolean':
      return field.enum ? NEVER : scanBoolean;
    case 'date':
    case 'time':
    case 'timestamp':
      return isConstrained(field)
        ? withTextConstraints(field, compileQuickTime(field))
        : compileQuickTime(field);
    case 'bytes':
      return field.enum || field.pattern !== undefined ? NEVER : compileQuickBytes(field);
    case 'object':
      return compileQuickObject({ fields: field.fields ?? [], unknown, depth: depth + 1 });
    case 'array':
      return compileArray(field, unknown, depth + 1);
    case 'json':
      // In journal form it stands as a string, so it is written anew.
      return NEVER;
    default:
      return unreachable(field.type);
  }
}

function isConstrained({ min, max, length, pattern, enum: members, format }: Field): boolean {
  return [min, max, length, pattern, members, format].some((constraint) => constraint !== undefined);
}

function compileArray(field: Field, unknown: 'refuse' | 'ignore', depth: number): Scan {
  const { items, length } = field;
  if (!items) return NEVER;
  const item = compileValue(items, unknown, depth);
  const { min = 0, max = Number.POSITIVE_INFINITY } = length ?? {};
  return (bytes, open) => {
    if (bytes[open] !== OPEN_ARRAY) return UNSURE;
    let at = skipBlank(bytes, open + 1);
    let count = 0;
    if (bytes[at] !== CLOSE_ARRAY) {
      for (;;) {
        at = bytes[at] === LETTER_N && !items.required ? scanNull(bytes, at) : item(bytes, at);
        if (at === UNSURE) return UNSURE;
        count += 1;
        at = skipBlank(bytes, at);
        if (bytes[at] === CLOSE_ARRAY) break;
        if (bytes[at] !== COMMA) return UNSURE;
        at = skipBlank(bytes, at + 1);
      }
    }
    return count >= min && count <= max ? at + 1 : UNSURE;
  };
}

export interface QuickObject {
  readonly fields: readonly Field[];
  readonly unknown: 'refuse' | 'ignore';
  /** The arrays and objects around its members, itself included. */
  readonly depth: number;
  /** Names of fields that must be there though they are not `required`. */
  readonly required?: ReadonlySet<string>;
}

interface Member {
  /** The name as it stands in most documents, quotes included. */
  readonly label: Buffer;
  readonly scan: Scan;
  /** Null goes the exact way: it is refused, or a default takes its place. */
  readonly needed: boolean;
}

/** An object whose members all are fields, each at most once, in any order. */
export function compileQuickObject({ fields, unknown, depth, required }: QuickObject): Scan {
  const members: readonly Member[] = fields.map((field) => ({
    label: Buffer.from(JSON.stringify(field.name)),
    scan: compileValue(field, unknown, depth),
    needed: field.required === true || field.default !== undefined || required?.has(field.name) === true,
  }));
  const neededCount = members.filter((member) => member.needed).length;
  return (bytes, open) => {
    if (bytes[open] !== OPEN_OBJECT) return UNSURE;
    const seen = new Seen(members.length);
    let needed = neededCount;
    let expected = 0;
    let at = skipBlank(bytes, open + 1);
    if (bytes[at] === CLOSE_OBJECT) return needed === 0 ? at + 1 : UNSURE;
    for (;;) {
      const index = memberAt(members, bytes, at, expected);
      if (index === UNSURE) {
        at = unknown === 'ignore' ? scanUnknown(bytes, at, depth, seen) : UNSURE;
      } else {
        const member = members[index] as Member;
        if (!seen.isNew(index)) return UNSURE;
        expected = index + 1;
        at = valueAt(bytes, at + member.label.length);
        if (at === UNSURE) return UNSURE;
        if (bytes[at] === LETTER_N && !member.needed) at = scanNull(bytes, at);
        else {
          if (member.needed) needed -= 1;
          at = member.scan(bytes, at);
        }
      }
      if (at === UNSURE) return UNSURE;
      at = skipBlank(bytes, at);
      if (bytes[at] === CLOSE_OBJECT) return needed === 0 ? at + 1 : UNSURE;
      if (bytes[at] !== COMMA) return UNSURE;
      at = skipBlank(bytes, at + 1);
    }
  };
}

/** Behind the colon and the white space around it. */
function valueAt(bytes: Buffer, nameEnd: number): number {
  const colon = skipBlank(bytes, nameEnd);
  return bytes[colon] === COLON ? skipBlank(bytes, colon + 1) : UNSURE;
}

/** Which member's name begins here: mostly the one behind the last one. */
function memberAt(members: readonly Member[], bytes: Buffer, at: number, expected: number): number {
  for (let i = 0; i < members.length; i++) {
    const index = (expected + i) % members.length;
    if (startsWith(bytes, at, (members[index] as Member).label)) return index;
  }
  return UNSURE;
}

function startsWith(bytes: Buffer, at: number, label: Buffer): boolean {
  for (let i = 0; i < label.length; i++) if (bytes[at + i] !== label[i]) return false;
  return true;
}

function scanUnknown(bytes: Buffer, at: number, depth: number, seen: Seen): number {
  const end = scanPlainString(bytes, at);
  if (end === UNSURE || !seen.isNewName(bytes.toString('latin1', at, end))) return UNSURE;
  const value = valueAt(bytes, end);
  return value === UNSURE ? UNSURE : scanAny(bytes, value, depth);
}

const MASK_BITS = 31;

/** Which members an object has had so far. */
class Seen {
  #mask = 0;
  readonly #flags: Uint8Array | undefined;
  #names: Set<string> | undefined;

  constructor(members: number) {
    this.#flags = members > MASK_BITS ? new Uint8Array(members) : undefined;
  }

  isNew(index: number): boolean {
    if (this.#flags) {
      if (this.#flags[index] === 1) return false;
      this.#flags[index] = 1;
      return true;
    }
    const bit = 1 << index;
    if ((this.#mask & bit) !== 0) return false;
    this.#mask |= bit;
    return true;
  }

  isNewName(name: string): boolean {
    this.#names ??= new Set();
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    return true;
  }
}
