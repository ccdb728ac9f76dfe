import { REDUCTIONS, STRING_FORMATS } from '../../schema/field.ts';
import {
  boolean,
  type EitherShape,
  type EntriesShape,
  formed,
  type Key,
  listOrOne,
  literal,
  type MapShape,
  type RefShape,
  text,
} from './shape.ts';

const length: EitherShape = {
  kind: 'either',
  scalar: { kind: 'integer', min: 0 },
  map: {
    kind: 'map',
    what: 'the length',
    keys: {
      min: { shape: { kind: 'integer', min: 0 }, doc: 'The smallest length.' },
      max: { shape: { kind: 'integer', min: 0 }, doc: 'The largest length.' },
    },
  },
};

/** What may be said of a field wherever it stands. */
function commonKeys(fields: () => EntriesShape, field: () => RefShape): Readonly<Record<string, Key>> {
  return {
    type: { shape: formed('type'), doc: 'The type of the values.' },
    from: {
      shape: formed('field'),
      doc: 'The field of another product that this one reuses.',
      aka: ['reuse', 'ref'],
    },
    zone: {
      shape: { kind: 'choice', what: 'zone', values: ['utc', 'local'] },
      doc: 'Of a timestamp: an instant (utc, the default) or a wall clock reading (local).',
      aka: ['timezone', 'tz'],
    },
    fields: { shape: { kind: 'ref', name: 'fields', shape: fields }, doc: 'Of an object: its own fields.' },
    items: { shape: { kind: 'ref', name: 'items', shape: field }, doc: 'Of an array: what its items are.' },
    required: { shape: boolean, doc: 'No record may lack the field.', aka: ['not_null', 'mandatory'] },
    min: { shape: literal, doc: 'The smallest value, included.', aka: ['minimum'] },
    max: { shape: literal, doc: 'The largest value, included.', aka: ['maximum'] },
    length: {
      shape: length,
      doc: 'Bounds of the length: characters, bytes or items; a number means exactly that many.',
    },
    pattern: {
      shape: formed('pattern'),
      doc: 'A linear-time regular expression that must match.',
      aka: ['regex'],
    },
    enum: {
      shape: { kind: 'list', item: literal, empty: 'refused' },
      doc: 'The only values that are allowed.',
      aka: ['values', 'oneof'],
    },
    format: {
      shape: { kind: 'choice', what: 'format', values: STRING_FORMATS },
      doc: 'A well-known form that texts must have.',
    },
    default: { shape: literal, doc: 'The value of records that lack the field.' },
    doc: { shape: text, doc: 'What the field holds, for people.', aka: ['description', 'comment'] },
    unit: { shape: text, doc: 'The unit of the values.' },
    class: {
      shape: listOrOne(text),
      doc: 'Classes of protection such as pii or confidential.',
      aka: ['classification'],
    },
    meaning: { shape: formed('uri'), doc: 'The URI of the term that the field means.' },
    deprecated: { shape: text, doc: 'Why the field should not be used any more, and what to use.' },
  };
}

const productKeys: Readonly<Record<string, Key>> = {
  unique: { shape: boolean, doc: 'No two rows may have the same value.' },
  reduce: {
    shape: { kind: 'choice', what: 'reduction', values: REDUCTIONS },
    doc: 'How the values of two records of one key combine; last when left out.',
  },
};

const fieldMap: MapShape = {
  kind: 'map',
  what: 'the field',
  keys: {
    ...commonKeys(
      () => fieldsShape,
      () => fieldRef,
    ),
    ...productKeys,
  },
  exactlyOne: ['type', 'from'],
};

const sourceFieldMap: MapShape = {
  kind: 'map',
  what: 'the field of the source',
  keys: commonKeys(
    () => sourceFieldsShape,
    () => sourceFieldRef,
  ),
  exactlyOne: ['type', 'from'],
};

const fieldRef: RefShape = {
  kind: 'ref',
  name: 'field',
  shape: () => ({ kind: 'either', scalar: formed('type-or-field'), map: fieldMap }),
};

const sourceFieldRef: RefShape = {
  kind: 'ref',
  name: 'source-field',
  shape: () => ({ kind: 'either', scalar: formed('type-or-field'), map: sourceFieldMap }),
};

/** The fields of a dataset or an object. */
export const fieldsShape: EntriesShape = {
  kind: 'entries',
  what: 'fields',
  names: 'field-name',
  value: fieldRef,
  empty: 'refused',
};

/** The fields of the records of a source: any text may be a name. */
export const sourceFieldsShape: EntriesShape = {
  kind: 'entries',
  what: 'fields of the source',
  names: 'source-field-name',
  value: sourceFieldRef,
  empty: 'refused',
};

/** The keys of a field's map, in the order of the reference. */
export const FIELD_KEYS: readonly string[] = Object.keys(fieldMap.keys);
