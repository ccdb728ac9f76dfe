/** The model of a dataset's rows: what every other part of Wharf knows of a schema. */

export const SCALAR_TYPES = [
  'string',
  'integer',
  'number',
  'decimal',
  'boolean',
  'date',
  'time',
  'timestamp',
  'json',
  'bytes',
] as const;

export type ScalarType = (typeof SCALAR_TYPES)[number];
export type FieldTypeName = ScalarType | 'object' | 'array';

/** How two records of one key combine, per field. `last` takes the newer value, null included; all others ignore nulls. */
export const REDUCTIONS = ['last', 'first', 'sum', 'min', 'max', 'append', 'set', 'merge'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

export const STRING_FORMATS = ['email', 'uri', 'uuid', 'hostname', 'ipv4', 'ipv6'] as const;
export type StringFormat = (typeof STRING_FORMATS)[number];

/** A count's bounds, both included. Strings count in Unicode code points, bytes in bytes, arrays in items. */
export interface Length {
  readonly min?: number;
  readonly max?: number;
}

/**
 * One field of a dataset, of an object, or the items of an array (then named `items`).
 *
 * `min`, `max`, `default` and the members of `enum` are kept as the exact text that was written
 * (`"9007199254740993"`, `"12.50"`, `"2001-01-31"`), never as a JavaScript number.
 */
export interface Field {
  readonly name: string;
  readonly type: FieldTypeName;
  /** decimal only: total digits (1 to 38) and digits after the point. */
  readonly precision?: number;
  readonly scale?: number;
  /**
   * timestamp only: `utc` (default) is an instant and its text carries an offset; `local` is a wall clock
   * reading without one. Both hold microseconds.
   */
  readonly zone?: 'utc' | 'local';
  /** object only. */
  readonly fields?: readonly Field[];
  /** array only. */
  readonly items?: Field;

  readonly required?: boolean;
  readonly unique?: boolean;
  readonly min?: string;
  readonly max?: string;
  readonly length?: Length;
  /** A linear-time regular expression that must match somewhere in the text. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly format?: StringFormat;
  readonly default?: string;

  readonly doc?: string;
  readonly unit?: string;
  readonly class?: readonly string[];
  readonly reduce?: Reduction;
  /** The URI of the term that this field means. */
  readonly meaning?: string;
  readonly deprecated?: string;
  /** The field that this one reuses, as `domain.product.field`. */
  readonly origin?: string;
}

/** What happens to members of a record that no field names. */
export type Extra =
  /** The record is rejected. */
  | 'refuse'
  /** They are kept, as one JSON text in the column `extra`. */
  | 'keep'
  /** They stay in the document, and no column shows them: only for what a source sent, before mapping. */
  | 'ignore';

/** A table of a product. */
export interface Dataset {
  readonly name: string;
  /** The fields whose values identify a row; `row` makes the whole record the key; `none` keeps every record. */
  readonly key: readonly string[] | 'row' | 'none';
  readonly fields: readonly Field[];
  readonly extra: Extra;
}

/** The column that holds what `extra: keep` kept. */
export const EXTRA_FIELD: Field = { name: 'extra', type: 'json', doc: 'Members that no field names.' };

/** The one column of a dataset whose documents are kept whole, as the source sent them. */
export const DOCUMENT_FIELD: Field = { name: 'document', type: 'json', doc: 'The record as it was sent.' };

/** The columns in which a dataset is stored: its fields, and `extra` where it is kept; or the whole document. */
export function columnsOf(dataset: Dataset): readonly Field[] {
  if (dataset.extra === 'ignore') return [DOCUMENT_FIELD];
  return dataset.extra === 'keep' ? [...dataset.fields, EXTRA_FIELD] : dataset.fields;
}

/** The fields that identify a row, in order; empty when every record is kept. */
export function keyFieldsOf(dataset: Dataset): readonly Field[] {
  if (dataset.key === 'none') return [];
  if (dataset.key === 'row') return columnsOf(dataset);
  return dataset.key.map((name) => {
    const field = dataset.fields.find((f) => f.name === name);
    if (!field) throw new Error(`Invariant broken: the key field "${name}" is not among the fields`);
    return field;
  });
}

/** Text of a type as specs write it: `decimal(12,2)`, `timestamp`, `array of string`. */
export function typeText(field: Field): string {
  if (field.type === 'decimal') return `decimal(${field.precision},${field.scale})`;
  if (field.type === 'array' && field.items) return `array of ${typeText(field.items)}`;
  if (field.type === 'timestamp' && field.zone === 'local') return 'timestamp (local)';
  return field.type;
}
