/**
 * The grammar of the spec files as data. One table drives the parser, the rules on keys and types, the JSON Schemas
 * and the reference: nothing is said twice.
 */
import type { FormName } from './text-forms.ts';

export type Shape =
  | TextShape
  | ChoiceShape
  | NumberShape
  | { readonly kind: 'boolean' }
  | LiteralShape
  | AnyShape
  | MapShape
  | EntriesShape
  | ListShape
  | EitherShape
  | VariantsShape
  | RefShape;

/** A text; with a form, one that follows it; with a pattern, one that a connector declared. */
export interface TextShape {
  readonly kind: 'text';
  readonly form?: FormName;
  readonly pattern?: string;
  readonly lengthMin?: number;
  readonly lengthMax?: number;
  readonly example?: string;
}

/** One of a few words. */
export interface ChoiceShape {
  readonly kind: 'choice';
  /** What they are: `status`, `format`. */
  readonly what: string;
  readonly values: readonly string[];
}

export interface NumberShape {
  readonly kind: 'integer' | 'number';
  readonly min?: number;
  readonly max?: number;
}

/** A scalar whose exact text is kept: a bound, a default, a member of an enum. */
export interface LiteralShape {
  readonly kind: 'literal';
}

/** Any YAML at all. */
export interface AnyShape {
  readonly kind: 'any';
  /** Null stands for something here. */
  readonly nullable?: true;
}

export interface Key {
  readonly shape: Shape;
  /** One sentence, for the schema and the reference. */
  readonly doc: string;
  readonly required?: true;
  /** What people write instead; a hint leads them here. */
  readonly aka?: readonly string[];
}

/** A map with known keys. */
export interface MapShape {
  readonly kind: 'map';
  /** What the map is: `the product`, `the field`. */
  readonly what: string;
  readonly keys: Readonly<Record<string, Key>>;
  /** Nothing may stand for an empty map. */
  readonly nullable?: true;
  /** Of these keys exactly one must be written. */
  readonly exactlyOne?: readonly string[];
  /** Of these keys no two may be written. */
  readonly atMostOne?: readonly string[];
}

/** A map with names that the author chooses. */
export interface EntriesShape {
  readonly kind: 'entries';
  readonly what: string;
  readonly names: FormName;
  readonly value: Shape;
  readonly empty?: 'refused';
}

export interface ListShape {
  readonly kind: 'list';
  readonly item: Shape;
  readonly empty?: 'refused';
}

/** A different shape for each kind of node. */
export interface EitherShape {
  readonly kind: 'either';
  readonly scalar?: Shape;
  readonly map?: Shape;
  readonly list?: Shape;
}

/**
 * A map whose keys depend on a name of a connector: the value of `tag`, or, without a tag, each key is such a name.
 */
export interface VariantsShape {
  readonly kind: 'variants';
  readonly of: 'input' | 'port' | 'delivery' | 'connection';
  readonly tag?: string;
  readonly variants: Readonly<Record<string, MapShape>>;
  /** The map when the tag is not written. */
  readonly untagged?: MapShape;
}

/** A shape with a name of its own, so that it may contain itself. */
export interface RefShape {
  readonly kind: 'ref';
  readonly name: string;
  readonly shape: () => Shape;
}

export const text: TextShape = { kind: 'text' };
export const literal: LiteralShape = { kind: 'literal' };
export const boolean: Shape = { kind: 'boolean' };

export function formed(form: FormName): TextShape {
  return { kind: 'text', form };
}

/** A list that may be written as its single item. */
export function listOrOne(item: Shape): EitherShape {
  const list: ListShape = { kind: 'list', item };
  return item.kind === 'map' ? { kind: 'either', map: item, list } : { kind: 'either', scalar: item, list };
}
