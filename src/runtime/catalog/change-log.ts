/**
 * What changed in the declaration of a product version, and when: read from the history of `system.products`, which says at each start what
 * differs from the start before. So nobody writes a change log, and none can be forgotten.
 */
import { productsProduct } from '../../catalog/system/products.ts';
import { sqlName, sqlText } from '../../schema/sql-type.ts';
import type { Services } from '../capture/services.ts';

/** Records of one declaration are journaled one after another; what comes later is another change. */
const TOGETHER_MS = 60_000;
/** Records that are looked at, the newest. */
const RECORDS_MAX = 5_000;
export const CHANGES_MAX = 100;

/** Of products what consumers should know of; of fields the same. */
const PRODUCT_PARTS = [
  'version',
  'status',
  'owner',
  'alignment',
  'tier',
  'purpose',
  'ports',
  'gate',
  'checks',
];
const FIELD_PARTS = ['type', 'required', 'is_key', 'unit', 'classes', 'meaning', 'doc'];

export interface Change {
  /** `product`, or `field orders.amount`. */
  readonly of: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** What of it; null when it was added or removed. */
  readonly part: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

export interface ChangeEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The version that it led to. */
  readonly version: string;
  /** Empty for the first declaration. */
  readonly changes: readonly Change[];
  readonly isFirst: boolean;
}

export type Parts = Readonly<Record<string, string | null>>;

/** A record of what was declared; parts are null where it was deleted. */
export interface Declared {
  readonly position: number;
  readonly timeMs: number;
  /** Null for the product itself. */
  readonly field: string | null;
  readonly parts: Parts | null;
}

/** The newest first. */
export async function changeLog(
  services: Pick<Services, 'journal' | 'store' | 'engine'>,
  product: string,
): Promise<ChangeEntry[]> {
  const [products, fields] = await Promise.all([
    declared(services, product, { dataset: 'products', field: 'null', parts: PRODUCT_PARTS }),
    declared(services, product, { dataset: 'fields', field: "dataset || '.' || field", parts: FIELD_PARTS }),
  ]);
  return entriesOf([...products, ...fields].sort((a, b) => a.position - b.position));
}

/** Records in the order of their positions become entries, the newest first. */
export function entriesOf(records: readonly Declared[]): ChangeEntry[] {
  const known = new Map<string | null, Parts>();
  const entries: { at: number; version: string; changes: Change[]; isFirst: boolean }[] = [];
  for (const { timeMs, field, parts } of records) {
    const before = known.get(field);
    if (parts) known.set(field, parts);
    else known.delete(field);
    let entry = entries.at(-1);
    if (!entry || timeMs - entry.at > TOGETHER_MS) {
      entry = { at: timeMs, version: '', changes: [], isFirst: entries.length === 0 };
      entries.push(entry);
    }
    entry.version = known.get(null)?.version ?? entry.version;
    if (!entry.isFirst) entry.changes.push(...changesOf(field, before, parts));
  }
  return entries
    .filter(({ isFirst, changes }) => isFirst || changes.length > 0)
    .map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() }))
    .reverse()
    .slice(0, CHANGES_MAX);
}

function changesOf(field: string | null, before: Parts | undefined, after: Parts | null): Change[] {
  const of = field === null ? 'product' : `field ${field}`;
  const whole = { of, part: null, from: null, to: null };
  if (!after) return [{ ...whole, kind: 'removed' }];
  if (!before) return [{ ...whole, kind: 'added' }];
  return Object.keys(after).flatMap((part): Change[] => {
    const [from = null, to = null] = [before[part], after[part]];
    return from === to ? [] : [{ of, kind: 'changed', part, from, to }];
  });
}

interface Wanted {
  readonly dataset: string;
  /** An SQL expression. */
  readonly field: string;
  readonly parts: readonly string[];
}

async function declared(
  { journal, store, engine }: Pick<Services, 'journal' | 'store' | 'engine'>,
  product: string,
  { dataset, field, parts }: Wanted,
): Promise<Declared[]> {
  const head = journal.head(productsProduct.id);
  const after = store.oldest(productsProduct.id);
  if (head <= after) return [];
  const relation = await store.records(productsProduct.id, dataset, after, head);
  try {
    const columns = parts.map((part) => `${sqlName(part)}::varchar`).join(', ');
    const { rows } = await engine.run(
      `select _position, epoch_ms(_time), _op, ${field}, ${columns} from (${relation.sql})
       where product = ${sqlText(product)} order by _position desc limit ${RECORDS_MAX}`,
    );
    return rows.map(([position, timeMs, op, name, ...values]) => ({
      position: Number(position),
      timeMs: Number(timeMs),
      field: name === null || name === undefined ? null : String(name),
      parts: Number(op) === 1 ? null : Object.fromEntries(parts.map((part, i) => [part, textOf(values[i])])),
    }));
  } finally {
    relation.release();
  }
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
