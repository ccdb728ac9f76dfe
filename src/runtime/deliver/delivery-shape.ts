/** What a delivery holds, made of its options and the product's contract. */
import { createHash } from 'node:crypto';
import { WharfError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { DeliveryMode, DeliveryShape } from '../../kit/delivery.ts';
import type { ProductDescription } from '../../kit/reader.ts';
import { columnsOf, type Dataset, type Field, keyFieldsOf, typeText } from '../../schema/field.ts';
import { datasetOf } from '../reader/product-reader.ts';
import '../../kit/errors.ts';

export interface DeliveredColumn {
  /** The field's name in the product. */
  readonly source: string;
  /** Named as in the destination. */
  readonly field: Field;
}

export interface DeliveryPlan {
  /** The product's dataset. */
  readonly source: Dataset;
  readonly columns: readonly DeliveredColumn[];
  readonly filter: string | undefined;
  readonly shape: DeliveryShape;
}

/** Throws DELIVERY_INVALID, DATASET_UNKNOWN. `origin` names the journal that positions are of. */
export function planDelivery(
  product: ProductDescription,
  options: Readonly<Record<string, unknown>>,
  origin: string,
): DeliveryPlan {
  const source = datasetOf(product, textOf(options.dataset) ?? product.datasets[0]?.name ?? '');
  const mode: DeliveryMode = options.mode === 'changes' ? 'changes' : 'state';
  const columns = chosenColumns(source, options);
  const filter = textOf(options.filter);
  const keys = mode === 'changes' ? [] : keyFieldsOf(source);
  const named = keys.map((key) => columns.find((column) => column.source === key.name));
  const lost = keys.filter((_, i) => named[i] === undefined);
  if (source.key !== 'row' && lost.length > 0)
    throw invalid(
      `The fields leave out the key: ${quoted(lost.map(({ name }) => name))}.`,
      'Add the key to "fields", or deliver every change with "mode: changes".',
    );
  const isPlain = source.key !== 'row' && keys.every((key) => key.required === true && isOrdered(key));
  const written = columns.map(({ source: from, field }) => [from, field.name, typeText(field)]);
  const stamp = JSON.stringify([origin, product.id, source.name, mode, filter ?? null, source.key, written]);
  const shape: DeliveryShape = {
    mode,
    dataset: {
      name: source.name,
      key: keys.length === 0 ? 'none' : named.flatMap((column) => (column ? [column.field.name] : [])),
      fields: columns.map(({ field }) => field),
      extra: 'refuse',
    },
    hasKeyColumn: keys.length > 0 && !isPlain,
    stamp: createHash('sha256').update(stamp).digest('hex').slice(0, 32),
  };
  return { source, columns, filter, shape };
}

function chosenColumns(source: Dataset, options: Readonly<Record<string, unknown>>): DeliveredColumn[] {
  const all = columnsOf(source);
  const known = all.map(({ name }) => name);
  const names = (options.fields as readonly string[] | undefined) ?? known;
  const rename = renamesOf(options.rename);
  for (const name of [...names, ...Object.keys(rename)]) {
    if (known.includes(name)) continue;
    const near = didYouMean(name, known);
    throw invalid(`${source.name} has no field "${name}".`, near ?? `It has: ${known.join(', ')}.`);
  }
  const columns = names.map((name) => {
    const field = all.find((candidate) => candidate.name === name) as Field;
    return { source: name, field: { ...field, name: rename[name] ?? name } };
  });
  const seen = new Set<string>();
  for (const { field } of columns) {
    if (seen.has(field.name.toLowerCase()))
      throw invalid(`Two fields are called "${field.name}" there.`, 'Correct "fields" or "rename".');
    seen.add(field.name.toLowerCase());
  }
  return columns;
}

function renamesOf(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isMap ? Object.entries(value) : [];
  const wrong = entries.find(([, name]) => typeof name !== 'string' || !NAME.test(name));
  if (!isMap || wrong)
    throw invalid(
      `"rename" names fields anew, and ${wrong ? `"${String(wrong[1])}" is no name` : `${JSON.stringify(value)} is no map`}.`,
      'Write it as { airport: iata }; names begin with a letter, and hold letters, digits and _.',
    );
  return Object.fromEntries(entries as [string, string][]);
}

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

/** True for types of which equal values have one form in every system. */
function isOrdered({ type }: Field): boolean {
  return !['json', 'object', 'array', 'number'].includes(type);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function invalid(message: string, hint: string): WharfError {
  return new WharfError('DELIVERY_INVALID', message, { hint });
}
