import type { Field } from './field.ts';

/**
 * The options of a connector, port or delivery, declared as fields.
 *
 * From this one declaration follow the check of the spec, the docs page, the form in the pages and `wharf describe`.
 */
export interface OptionField extends Field {
  readonly doc: string;
  /** The value is a secret: it must be written as a `${ENV}` reference and is never shown. */
  readonly secret?: boolean;
  /** A map of HTTP headers; those that carry credentials must be written with a `${ENV}` reference. */
  readonly headers?: boolean;
  /** A path or glob that must stay in the mesh folder (or in the folder of the connection that is named). */
  readonly path?: boolean;
  /** An array option that may also be written as its single item. */
  readonly single?: boolean;
  /** The value names a field of the product's dataset. */
  readonly fieldName?: boolean;
  /** The value names a connection of the mesh. */
  readonly connectionName?: boolean;
  /** The types that the named connection may have; any when left out. */
  readonly connectionTypes?: readonly string[];
  /** With this value (any, when it is ANY_VALUE), an input's records are all that there are: what they no longer hold is deleted. */
  readonly replaces?: string;
  readonly example?: string;
}

export const ANY_VALUE = '*';

/** What the spec needs to know of one connector, port or delivery. */
export interface Declaration {
  readonly name: string;
  /** One sentence. */
  readonly doc: string;
  readonly options: readonly OptionField[];
}

/** Everything that a spec may name, of what this version has built. */
export interface Declarations {
  readonly inputs: readonly Declaration[];
  readonly ports: readonly Declaration[];
  readonly deliveries: readonly Declaration[];
}
