import type { Field } from '../field.ts';
import type { TypePart } from './number-profile.ts';

/** A field that takes in every value that was seen under its name. */
export interface InferredField {
  /** Named as in the source; any text. Nested fields likewise. */
  readonly field: Field;
  /** A few different values as text, shortest forms; none for nested fields. */
  readonly samples: readonly string[];
  /** How many records had neither a value nor an empty cell. */
  readonly filled: number;
}

/** Puts a field together without members that are undefined. */
export function fieldOf(
  name: string,
  type: TypePart,
  more: { readonly required: boolean; readonly choices?: readonly string[] | undefined },
): Field {
  return {
    name,
    ...type,
    ...(more.required ? { required: true } : {}),
    ...(type.type === 'string' && more.choices ? { enum: more.choices } : {}),
  };
}
