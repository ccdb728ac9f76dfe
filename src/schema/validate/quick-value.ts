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
  startsWith,
  UNSURE,
} from './byte-scan.ts';
import { compileQuickNumber } from './quick-number.ts';
import { compileQuickBytes, compileQuickListed, withTextConstraints } from './quick-text.ts';
import { compileQuickTime } from './quick-time.ts';

const NEVER: Scan = () => UNSURE;
const LETTER_N = 0x6e;
const MASK_BITS = 31;

/** A value that is not null; `depth` counts the arrays and objects around it. */
function compileValue(field: Field, unknown: 'refuse' | 'ignore', depth: number): Scan {
  switch (field.type) {
    case 'string':
      return isConstrained(field) ? (compileQuickListed(field) ?? withTextConstraints(field)) : scanString;
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
    // Which members were met: the first ones in a mask; all others, and names that no field has, in a set.
    let met = 0;
    let others: Set<number | string> | undefined;
    let needed = neededCount;
    let expected = 0;
    let at = skipBlank(bytes, open + 1);
    if (bytes[at] === CLOSE_OBJECT) return needed === 0 ? at + 1 : UNSURE;
    for (;;) {
      const index = memberAt(members, bytes, at, expected);
      if (index === UNSURE) {
        others ??= new Set();
        at = unknown === 'ignore' ? scanUnknown(bytes, at, depth, others) : UNSURE;
      } else {
        const member = members[index] as Member;
        if (index < MASK_BITS) {
          const bit = 1 << index;
          if ((met & bit) !== 0) return UNSURE;
          met |= bit;
        } else {
          others ??= new Set();
          if (others.has(index)) return UNSURE;
          others.add(index);
        }
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
  const next = members[expected];
  if (next && startsWith(bytes, at, next.label)) return expected;
  return members.findIndex((member) => startsWith(bytes, at, member.label));
}

function scanUnknown(bytes: Buffer, at: number, depth: number, names: Set<number | string>): number {
  const end = scanPlainString(bytes, at);
  if (end === UNSURE) return UNSURE;
  const name = bytes.toString('latin1', at, end);
  if (names.has(name)) return UNSURE;
  names.add(name);
  const value = valueAt(bytes, end);
  return value === UNSURE ? UNSURE : scanAny(bytes, value, depth);
}
