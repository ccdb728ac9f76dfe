/** Parameters in Postgres' binary form, as their text; undefined for types that are taken as text only. */

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
    case 0:
    case 25:
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
