/** Parameters in Postgres' binary form, as their text; undefined for types that are taken as text only. Throws RangeError, ProtocolViolation. */

import type { ArrayItem } from './array-text.ts';
import { ProtocolViolation } from './protocol-violation.ts';

const EPOCH_DAYS_MS = 946_684_800_000;
const DAY_MS = 86_400_000;

export function readBinary(bytes: Buffer, oid: number): string | undefined {
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
      return bytes.toString('utf8', 1);
    case 0:
    case 18:
    case 19:
    case 25:
    case 1042:
    case 114:
    case 1043:
      return bytes.toString('utf8');
    default:
      return undefined;
  }
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
  const digit = (at: number) => (at >= 0 && at < count ? bytes.readInt16BE(8 + at * 2) : 0);
  const groups = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => String(digit(from + i)).padStart(4, '0')).join(
      '',
    );
  const whole = groups(Math.min(0, weight + 1), weight + 1).replace(/^0+(?=\d)/, '') || '0';
  const fraction = groups(weight + 1, weight + 1 + Math.ceil(scale / 4)).slice(0, scale);
  return `${sign === 0x4000 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
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
    Array.from({ length: lengthOf(lengths[depth] ?? 0, bytes) }, () =>
      depth + 1 < dimensions ? level(depth + 1) : item(),
    );
  const items = level(0);
  return isKnown ? items : undefined;
}

/** Each item takes four bytes at least. */
function lengthOf(length: number, bytes: Buffer): number {
  if (length < 0 || length * 4 > bytes.length) throw new ProtocolViolation(`an array has ${length} items`);
  return length;
}
