import type { Field } from '../schema/field.ts';
import { DocumentsProfile, type InferredField } from '../schema/infer/infer-dataset.ts';
import { profileFile } from './draft/profile-file.ts';
import { profileLines } from './draft/profile-lines.ts';
import { textOf } from './draft/text-of.ts';
import { type DraftOptions, draftProduct, type ProductDraft } from './draft-product.ts';

export interface DraftBytesOptions extends DraftOptions {
  /** The file's bytes, packed where the name ends in `.gz`. Read to the end, never held as a whole. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Drafts a product from a file of delimited text, JSON or NDJSON.
 * Throws DRAFT_NO_RECORDS, DRAFT_NOT_TEXT, DRAFT_JSON_INVALID, DRAFT_TOO_LARGE, DRAFT_GZIP_DAMAGED, DRAFT_NAME_UNUSABLE.
 */
export async function draftFromBytes(options: DraftBytesOptions): Promise<ProductDraft> {
  return draftProduct(await profileFile({ name: options.name, chunks: options.chunks }), options);
}

export interface DraftColumnsOptions extends DraftOptions {
  /** The columns of a Parquet file as fields: see `fieldOfSqlType`. */
  readonly columns: readonly Field[];
  /** All records as NDJSON of those fields; without them nothing is required and the whole row is the key. */
  readonly records?: AsyncIterable<Uint8Array>;
}

/** Drafts a product from a Parquet file, whose types are known. */
export async function draftFromColumns(options: DraftColumnsOptions): Promise<ProductDraft> {
  const profile = new DocumentsProfile();
  let unreadable = 0;
  if (options.records) {
    const text = textOf({ name: 'records.ndjson', chunks: options.records });
    unreadable = await profileLines(text, profile);
  }
  const seen = profile.result();
  const fields = options.columns.map((column) => typedField(column, seen.rows, seen.fields));
  const dataset = {
    rows: seen.rows,
    fields,
    key: profile.rows > 0 ? profile.keyAmong(fields) : ('row' as const),
  };
  return draftProduct({ format: 'parquet', dataset, unreadable }, options);
}

/** The column's own type, with what the records say of its values. */
function typedField(column: Field, rows: number, seen: readonly InferredField[]): InferredField {
  const inferred = seen.find(({ field }) => field.name === column.name);
  const filled = inferred?.filled ?? 0;
  const choices = column.type === 'string' ? inferred?.field.enum : undefined;
  const field = {
    ...column,
    ...(rows > 0 && filled === rows ? { required: true } : {}),
    ...(choices ? { enum: choices } : {}),
  };
  return { field, samples: inferred?.samples ?? [], filled };
}
