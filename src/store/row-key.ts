/** Keys of single rows: as callers give them, as SQL, and as names in a key view. */
import { createHash } from 'node:crypto';
import { WharfError } from '../base/errors.ts';
import { type Dataset, keyFieldsOf } from '../schema/field.ts';
import { sqlName } from '../schema/sql-type.ts';
import { checkText, textSql } from '../schema/text-form.ts';
import { textOrder } from '../schema/text-order.ts';

/** The canonical texts of a key's parts. */
export type RowKey = readonly string[];

/** undefined when a part is not a value of its field, so that no row can have it. Throws KEY_PARTS. */
export function rowKeyOf(dataset: Dataset, parts: readonly string[]): RowKey | undefined {
  const fields = keyFieldsOf(dataset);
  if (fields.length !== parts.length || fields.length === 0) {
    const names = fields.map((field) => field.name).join(', ');
    throw new WharfError(
      'KEY_PARTS',
      `Expected ${fields.length} key parts (${names || 'none'}), received ${parts.length}.`,
      {
        hint:
          fields.length === 0 ? `The dataset "${dataset.name}" has no key.` : `Give the values of: ${names}.`,
      },
    );
  }
  const texts: string[] = [];
  for (const [i, field] of fields.entries()) {
    const checked = checkText(field, parts[i] ?? '');
    if (!checked.ok) return undefined;
    texts.push(checked.text);
  }
  return texts;
}

/** The order in which the engine sorts rows by their whole keys. */
export function keyOrder(dataset: Dataset): (a: RowKey, b: RowKey) => number {
  const orders = keyFieldsOf(dataset).map(textOrder);
  return (a, b) => {
    for (const [i, order] of orders.entries()) {
      const way = order(a[i] ?? '', b[i] ?? '');
      if (way !== 0) return way;
    }
    return 0;
  };
}

/** A condition over the key's columns that only rows with these keys meet, in a form that files can be skipped by. */
export function keysSql(dataset: Dataset, keys: readonly RowKey[]): string {
  const fields = keyFieldsOf(dataset);
  const [first] = fields;
  if (!first) return 'false';
  const literals = keys.map((key) => fields.map((field, i) => textSql(field, key[i] ?? '')));
  const firsts = `${sqlName(first.name)} IN (${[...new Set(literals.map((parts) => parts[0]))].join(', ')})`;
  if (fields.length === 1) return firsts;
  const whole = literals.map(
    (parts) => `(${fields.map((field, i) => `${sqlName(field.name)} = ${parts[i]}`).join(' AND ')})`,
  );
  return `${firsts} AND (${whole.join(' OR ')})`;
}

/** As `keysSql`, of keys as they stand in rows, whose parts may be null. */
export function foundKeysSql(dataset: Dataset, keys: readonly (readonly (string | null)[])[]): string {
  const whole = keys.filter((key): key is RowKey => key.every((part) => part !== null));
  const others = keys.filter((key) => key.includes(null));
  if (others.length === 0) return keysSql(dataset, whole);
  const conditions = others.map((key) => {
    const parts = keyFieldsOf(dataset).map((field, i) => {
      const part = key[i] ?? null;
      return `${sqlName(field.name)} IS NOT DISTINCT FROM ${part === null ? 'NULL' : textSql(field, part)}`;
    });
    return `(${parts.join(' AND ')})`;
  });
  return [...(whole.length > 0 ? [`(${keysSql(dataset, whole)})`] : []), ...conditions].join(' OR ');
}

const NAME_BYTES_MAX = 1_500;

/** A text that only this key has; long ones by their hash, because the view's names are bounded. */
export function keyName(texts: readonly (string | null)[]): string {
  const name = JSON.stringify(texts);
  if (Buffer.byteLength(name) <= NAME_BYTES_MAX) return name;
  return createHash('sha256').update(name).digest('hex');
}
