/** Parameters in Postgres' binary form, as their text; undefined for types that are taken as text only. Throws RangeError, ProtocolViolation. */

import { isUtf8 } from 'node:buffer';
import type { ArrayItem } from './array-text.ts';
import { ProtocolViolation } from './protocol-violation.ts';

const EPOCH_DAYS_MS = 946_684_800_000;
const DAY_MS = 86_400_000;

/** Bytes of the types that always have as many. */
const SIZES: Readonly<Record<number, number>> = {
  ...{
    16: 1,
    21: 2,
    23: 4,
    26: 4,
    20: 8,
    700: 4,
    701: 8,
    1082: 4,
    1083: 8,
    1114: 8,
    1184: 8,
    1186: 16,
    2950: 16,
  },
};

export function readBinary(bytes: Buffer, oid: number): string | undefined {
  const size = SIZES[oid];
  if (size !== undefined && bytes.length !== size)
    throw new ProtocolViolation(`it has ${bytes.length} bytes, and its type has ${size}`);
  switch (oid) {
    case 16:
      return bytes[0] === 0 ? 'false' : 'true';
    case 17:
      return `\\x${bytes.toString('hex')}`;
    case 21:
      return String(bytes.readInt16BE());
    case 23:
    case 26:
      return String(bytes.readInt32BE());
    case 20:
      return String(bytes.readBigInt64BE());
    case 700:
      return String(bytes.readFloatBE());
    case 701:
      return String(bytes.readDoubleBE());
    case 1082:
      return new Date(EPOCH_DAYS_MS + bytes.readInt32BE() * DAY_MS).toISOString().slice(0, 10);
    case 1114:
      return instantText(bytes.readBigInt64BE(), '');
    case 1184:
      return instantText(bytes.readBigInt64BE(), '+00');
    case 1700:
      return numericText(bytes);
    case 2950:
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    case 1083:
      return timeOfDay(bytes.readBigInt64BE());
    case 1186:
      return intervalText(bytes);
    case 3802:
      // The first byte is the version of the form.
      return utf8Text(bytes.subarray(1));
    case 0:
    case 18:
    case 19:
    case 25:
    case 1042:
    case 114:
    case 1043:
      return utf8Text(bytes);
    default:
      return undefined;
  }
}

/** Throws ProtocolViolation. */
export function utf8Text(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new ProtocolViolation('it is not UTF-8');
  return bytes.toString('utf8');
}

/** Of microseconds since 2000. */
function instantText(micros: bigint, offset: string): string {
  const us = micros + BigInt(EPOCH_DAYS_MS) * 1_000n;
  const fraction = ((us % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((us - fraction) / 1_000n)).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}.${String(fraction).padStart(6, '0')}${offset}`;
}

/** Digits of base 10,000, from the one of the given weight down. */
function numericText(bytes: Buffer): string {
  const [count, weight, sign, scale] = [0, 2, 4, 6].map((at) => bytes.readInt16BE(at)) as [
    number,
    number,
    number,
    number,
  ];
  // Other signs are those of infinity and of what is no number.
  if (![0, 0x4000].includes(sign) || count < 0 || scale < 0 || bytes.length !== 8 + count * 2)
    throw new ProtocolViolation('it is not a number with digits');
  const digit = (at: number) => (at >= 0 && at < count ? digitAt(bytes, 8 + at * 2) : 0);
  const groups = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => String(digit(from + i)).padStart(4, '0')).join(
      '',
    );
  const whole = groups(Math.min(0, weight + 1), weight + 1).replace(/^0+(?=\d)/, '') || '0';
  const fraction = groups(weight + 1, weight + 1 + Math.ceil(scale / 4)).slice(0, scale);
  return `${sign === 0x4000 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function digitAt(bytes: Buffer, at: number): number {
  const digit = bytes.readInt16BE(at);
  if (digit < 0 || digit > 9_999) throw new ProtocolViolation(`it has the digit ${digit} of base 10,000`);
  return digit;
}

function timeOfDay(micros: bigint): string {
  return instantText(micros, '').slice(11);
}

function intervalText(bytes: Buffer): string {
  const [micros, days, months] = [bytes.readBigInt64BE(), bytes.readInt32BE(8), bytes.readInt32BE(12)];
  return `${months} months ${days} days ${micros} microseconds`;
}

const DIMENSIONS_MAX = 6;

/** The items of an array in binary form, each as `read` gives it; the type of the items comes with it. */
export function readBinaryArray(
  bytes: Buffer,
  read: (item: Buffer, oid: number) => string | undefined,
): readonly ArrayItem[] | undefined {
  const dimensions = bytes.readInt32BE(0);
  const oid = bytes.readInt32BE(8);
  if (dimensions < 0 || dimensions > DIMENSIONS_MAX)
    throw new ProtocolViolation(`an array has ${dimensions} dimensions`);
  if (dimensions === 0) return [];
  const lengths = Array.from({ length: dimensions }, (_, i) => bytes.readInt32BE(12 + i * 8));
  const count = lengths.reduce((product, length) => product * length, 1);
  // Each item takes four bytes at least.
  if (lengths.some((length) => length < 0) || count * 4 > bytes.length)
    throw new ProtocolViolation(`an array has ${lengths.join(' x ')} items`);
  if (count === 0) return [];
  let at = 12 + dimensions * 8;
  let isKnown = true;
  const item = (): string | null => {
    const length = bytes.readInt32BE(at);
    at += 4 + Math.max(0, length);
    if (length < 0) return null;
    if (at > bytes.length) throw new ProtocolViolation('an array ends early');
    const text = read(bytes.subarray(at - length, at), oid);
    isKnown &&= text !== undefined;
    return text ?? '';
  };
  const level = (depth: number): readonly ArrayItem[] =>
    Array.from({ length: lengths[depth] ?? 0 }, () => (depth + 1 < dimensions ? level(depth + 1) : item()));
  const items = level(0);
  return isKnown ? items : undefined;
}
