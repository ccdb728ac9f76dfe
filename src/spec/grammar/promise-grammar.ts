/** What a product promises and to whom: service levels, checks, access. */
import {
  boolean,
  formed,
  type Key,
  type ListShape,
  listOrOne,
  literal,
  type MapShape,
  type Shape,
  text,
} from './shape.ts';

export const sloShape: MapShape = {
  kind: 'map',
  what: 'service level objectives',
  keys: {
    freshness: { shape: formed('duration'), doc: 'How old the newest data may be.' },
    availability: { shape: formed('share'), doc: 'The share of requests that are answered.' },
    completeness: { shape: formed('share'), doc: 'The share of records that keep their contract.' },
    latency: {
      shape: {
        kind: 'either',
        scalar: formed('duration'),
        map: {
          kind: 'map',
          what: 'a time and a share',
          keys: {
            within: { shape: formed('duration'), doc: 'The time.', required: true },
            share: { shape: formed('share'), doc: 'The share of answers; 99% when left out.' },
          },
        },
      },
      doc: 'The time within which ports answer 99% of requests.',
    },
    delivery_lag: {
      shape: formed('duration'),
      doc: 'How far a delivery may be behind what is published.',
    },
  },
};

export const severityShape: Shape = { kind: 'choice', what: 'severity', values: ['error', 'warning'] };

function map(
  what: string,
  keys: Readonly<Record<string, Key>>,
  more: Pick<MapShape, 'atMostOne'> = {},
): MapShape {
  return { kind: 'map', what, keys, ...more };
}

const count: Shape = { kind: 'integer', min: 0 };
const fieldName: Key = { shape: formed('field-name'), doc: 'The field.', required: true };

/** What can be checked, by the key that says it. */
const checkKinds: Readonly<Record<string, Key>> = {
  rows: {
    doc: 'Bounds of the number of rows.',
    shape: map('bounds', {
      min: { shape: count, doc: 'The smallest number.' },
      max: { shape: count, doc: 'The largest number.' },
    }),
  },
  nulls: {
    doc: 'The largest share of rows that lack a field.',
    shape: map('a field and a share', {
      field: fieldName,
      max: { shape: formed('share'), doc: 'The largest share.', required: true },
    }),
  },
  unique: { doc: 'Fields whose values together occur once.', shape: listOrOne(formed('field-name')) },
  references: {
    doc: 'Every value occurs in a field of another product.',
    shape: formed('field-link'),
  },
  values: {
    doc: 'The only values of a field.',
    shape: map('a field and its values', {
      field: fieldName,
      in: { shape: { kind: 'list', item: literal, empty: 'refused' }, doc: 'The values.', required: true },
    }),
  },
  pattern: {
    doc: 'A pattern that the texts of a field match.',
    shape: map('a field and a pattern', {
      field: fieldName,
      matches: { shape: formed('pattern'), doc: 'The regular expression.', required: true },
    }),
  },
  fresh: {
    doc: 'How old the newest record, or the newest time in a field, may be.',
    shape: {
      kind: 'either',
      scalar: formed('duration'),
      map: map('a field and an age', {
        field: fieldName,
        max: { shape: formed('duration'), doc: 'The largest age.', required: true },
      }),
    },
  },
  volume: {
    doc: 'How much the number of records may differ from that of the window before.',
    shape: map('a window and a share', {
      window: { shape: formed('duration'), doc: 'The window.', required: true },
      against: {
        shape: { kind: 'choice', what: 'window to compare with', values: ['before', 'week'] },
        doc: 'The window before (when left out), or the same one a week before: the same weekdays.',
      },
      change: { shape: formed('share'), doc: 'The largest difference.', required: true },
    }),
  },
  distribution: {
    doc: 'How much the values of a field may shift against the window before.',
    shape: map(
      'a field, a window and a share',
      {
        field: fieldName,
        window: { shape: formed('duration'), doc: 'The window.', required: true },
        change: {
          shape: formed('share'),
          doc: 'The largest shift: of the mean of numbers, or else of the mix of values.',
          required: true,
        },
        quantile: {
          shape: formed('share'),
          doc: 'The quantile of numbers to compare instead of the mean: 50% is the median.',
        },
        value: { shape: literal, doc: 'The value whose share of rows is compared, instead of all values.' },
      },
      { atMostOne: ['quantile', 'value'] },
    ),
  },
  sql: { doc: 'A query with one value; {table} is the dataset.', shape: text },
};

/** The kinds of checks, in the order of the reference. */
export const CHECK_KINDS: readonly string[] = Object.keys(checkKinds);

export const checksShape: ListShape = {
  kind: 'list',
  item: {
    kind: 'map',
    what: 'the check',
    exactlyOne: CHECK_KINDS,
    keys: {
      ...checkKinds,
      is: { shape: literal, doc: 'What the query of a sql check must give; 0 when left out.' },
      name: { shape: formed('name'), doc: 'A name that stays when the check changes.' },
      tolerance: {
        shape: formed('share'),
        doc: 'The share of rows that must hold what a check says of each row; 100% when left out.',
      },
      severity: { shape: severityShape, doc: 'Whether a failure is an error (the default) or a warning.' },
      on: {
        shape: { kind: 'choice', what: 'moment', values: ['batch', 'state', 'schedule'] },
        doc: 'What is looked at: the new records, the whole state (the default), or the state on a schedule.',
      },
    },
  },
};

const maskShape: Shape = { kind: 'any', nullable: true };

/** By class of fields. */
export const classMasksShape: Shape = {
  kind: 'entries',
  what: 'masked classes',
  names: 'name',
  value: maskShape,
};

export const accessShape: ListShape = {
  kind: 'list',
  item: {
    kind: 'map',
    what: 'the access rule',
    exactlyOne: ['allow', 'deny'],
    keys: {
      allow: { shape: listOrOne(formed('principal')), doc: 'Who may.' },
      deny: { shape: listOrOne(formed('principal')), doc: 'Who may not, whatever else is allowed.' },
      ports: { shape: listOrOne(text), doc: 'The ports that the rule is for; all when left out.' },
      actions: {
        shape: listOrOne({
          kind: 'choice',
          what: 'action',
          values: ['discover', 'read', 'subscribe', 'export', 'push', 'see-rejects', 'manage'],
        }),
        doc: 'What may be done; discover, read, subscribe and export when left out, and push and see-rejects too where the rule limits nothing else.',
      },
      rows: {
        shape: text,
        doc: 'An SQL condition over the fields and principal.name, .kind, .teams, .attributes: only these rows.',
        aka: ['filter', 'where'],
      },
      mask: {
        shape: { kind: 'entries', what: 'masked fields', names: 'field-name', value: maskShape },
        doc: 'Fields that are replaced: by null, a constant, { hash: true }, { first: 3 } or { sql: "..." }.',
      },
      purpose: { shape: text, doc: 'What the data is used for, as the consumer must state it.' },
      until: { shape: formed('date'), doc: 'The last day on which the rule holds.' },
    },
  },
};

export const gateKey: Key = {
  shape: boolean,
  doc: 'Publish only what passed its checks; true for gold when left out.',
};
