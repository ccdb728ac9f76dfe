/**
 * What a dataset holds after a list of records, computed from the records alone. Values are those of `parseExact`: every
 * number is the text `#...`, so that nothing here rounds.
 */
import { canonicalNumber } from './read-ports.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface OracleRecord {
  readonly op: 'upsert' | 'delete';
  readonly document: Row;
}

export type Combine = (older: unknown, newer: unknown) => unknown;

export interface OracleDataset {
  readonly key: readonly string[] | 'row' | 'none';
  readonly fields: readonly string[];
  /** Fields that are not named take the newer value. */
  readonly combine?: Readonly<Record<string, Combine>>;
}

export function stateAfter(dataset: OracleDataset, records: readonly OracleRecord[]): Row[] {
  const { key, fields, combine = {} } = dataset;
  const whole = (document: Row) => Object.fromEntries(fields.map((name) => [name, document[name] ?? null]));
  if (key === 'none') return records.map((record) => whole(record.document));
  const state = new Map<string, Row>();
  for (const { op, document } of records) {
    const row = whole(document);
    const id = JSON.stringify((key === 'row' ? fields : key).map((name) => row[name]));
    const older = state.get(id);
    if (op === 'delete') state.delete(id);
    else state.set(id, combined(combine, older ?? whole({}), row));
  }
  return [...state.values()];
}

function combined(combine: Readonly<Record<string, Combine>>, older: Row, newer: Row): Row {
  return Object.fromEntries(
    Object.entries(newer).map(([name, value]) => {
      const by = combine[name];
      return [name, by ? by(older[name] ?? null, value) : value];
    }),
  );
}

/** Nulls count for nothing. */
const ofTwo =
  (both: Combine): Combine =>
  (older, newer) => {
    if (newer === null) return older;
    return older === null ? both(undefined, newer) : both(older, newer);
  };

const integer = (value: unknown) => BigInt(String(value).slice(1));

export const first: Combine = ofTwo((older, newer) => older ?? newer);
export const min: Combine = ofTwo((a, b) => (a === undefined || integer(b) < integer(a) ? b : a));
export const max: Combine = ofTwo((a, b) => (a === undefined || integer(b) > integer(a) ? b : a));
export const append: Combine = ofTwo((older, newer) => [
  ...((older as unknown[]) ?? []),
  ...(newer as unknown[]),
]);
/** Of texts. */
export const set: Combine = ofTwo((older, newer) =>
  [...new Set([...((older as string[]) ?? []), ...(newer as string[])])].sort(),
);
/** Of an object with declared members: the newest of each that is not null. */
export const mergeMembers =
  (members: readonly string[]): Combine =>
  (older, newer) => {
    if (newer === null) return older;
    const [a, b] = [(older ?? {}) as Row, newer as Row];
    return Object.fromEntries(members.map((name) => [name, b[name] ?? a[name] ?? null]));
  };
/** JSON merge patch, RFC 7396. */
export const mergePatch: Combine = (older, newer) => (newer === null ? older : patched(older, newer));

function patched(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, patched(result.get(name), value));
  }
  return Object.fromEntries(result);
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The sum of decimals with up to `scale` digits after the point. */
export const sum = (scale: number): Combine =>
  ofTwo((older, newer) => {
    const total = (older === undefined ? 0n : scaled(older, scale)) + scaled(newer, scale);
    const digits = String(total < 0n ? -total : total).padStart(scale + 1, '0');
    const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    return canonicalNumber(`${total < 0n ? '-' : ''}${text}`);
  });

/** A canonical number, `#-12e-2` or `#5`, as a count of its last digit. */
function scaled(value: unknown, scale: number): bigint {
  const [digits = '', exponent = '0'] = String(value).slice(1).split('e');
  return BigInt(digits) * 10n ** BigInt(scale + Number(exponent));
}
