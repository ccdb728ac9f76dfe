import type { Declarations } from '../../schema/options.ts';
import { fieldsShape, sourceFieldsShape } from './field-grammar.ts';
import { optionsShape } from './option-shape.ts';
import { accessShape, checksShape, gateKey, sloShape } from './promise-grammar.ts';
import {
  type EitherShape,
  formed,
  type Key,
  listOrOne,
  type MapShape,
  type Shape,
  text,
  type VariantsShape,
} from './shape.ts';

export const STATUSES = ['draft', 'active', 'deprecated', 'retired'] as const;
export const ALIGNMENTS = ['source', 'aggregate', 'consumer'] as const;
export const TIERS = ['bronze', 'silver', 'gold'] as const;

const keyShape: EitherShape = {
  kind: 'either',
  scalar: formed('field-name'),
  list: { kind: 'list', item: formed('field-name'), empty: 'refused' },
};

const datasetKeys: Readonly<Record<string, Key>> = {
  key: {
    shape: keyShape,
    doc: 'The fields that identify a row; "row" for the whole record, "none" to keep every record.',
    aka: ['primarykey', 'keys', 'id'],
  },
  fields: { shape: fieldsShape, doc: 'The fields of a row.', aka: ['columns', 'schema'] },
  extra: {
    shape: { kind: 'choice', what: 'way with other members', values: ['refuse', 'keep'] },
    doc: 'What happens to members that no field names: refuse the record (the default) or keep them as JSON.',
  },
};

const datasetShape: MapShape = {
  kind: 'map',
  what: 'the dataset',
  keys: {
    ...datasetKeys,
    key: { shape: keyShape, doc: datasetKeys.key?.doc ?? '', required: true },
    fields: { shape: fieldsShape, doc: 'The fields of a row.', required: true },
  },
};

const transformShape: MapShape = {
  kind: 'map',
  what: 'the transform',
  exactlyOne: ['sql', 'typescript'],
  keys: {
    sql: {
      shape: text,
      doc: 'A query over the inputs by name, or the name of a file that ends in .sql.',
      aka: ['query'],
    },
    typescript: { shape: text, doc: 'The name of a TypeScript file.', aka: ['ts', 'javascript'] },
    mode: {
      shape: { kind: 'choice', what: 'mode', values: ['merge', 'rekey', 'refresh', 'reduce'] },
      doc: 'The way to keep the product up to date; chosen by the query when left out.',
    },
    every: {
      shape: formed('schedule'),
      doc: 'Run on a schedule instead of on every change; now() is then the instant that was due.',
      aka: ['schedule', 'cron'],
    },
  },
};

function variantsOf(
  declarations: Declarations[keyof Declarations],
  more: Readonly<Record<string, Key>> = {},
) {
  return Object.fromEntries(declarations.map((d) => [d.name, optionsShape(d, more)]));
}

function inputShape(declarations: Declarations): Shape {
  const more: Readonly<Record<string, Key>> = {
    from: { shape: text, doc: 'The connector.', required: true },
    fields: {
      shape: sourceFieldsShape,
      doc: 'What a record of the source looks like, before the transform.',
    },
  };
  const map: VariantsShape = {
    kind: 'variants',
    of: 'input',
    tag: 'from',
    variants: variantsOf(declarations.inputs, more),
    untagged: {
      kind: 'map',
      what: 'the input',
      keys: {
        product: { shape: formed('product'), doc: 'The product that is read.', required: true },
        from: { shape: text, doc: 'The connector of an external input.', aka: ['type', 'connector'] },
      },
    },
  };
  return { kind: 'either', scalar: formed('product'), map };
}

function deliveryShape(declarations: Declarations): VariantsShape {
  const more: Readonly<Record<string, Key>> = {
    to: { shape: text, doc: 'The destination.', required: true },
  };
  return {
    kind: 'variants',
    of: 'delivery',
    tag: 'to',
    variants: variantsOf(declarations.deliveries, more),
    untagged: { kind: 'map', what: 'the delivery', keys: more },
  };
}

function outputsShape(declarations: Declarations): VariantsShape {
  const variants = Object.entries(variantsOf(declarations.ports)).map(([name, map]) => [
    name,
    { ...map, nullable: true as const },
  ]);
  return { kind: 'variants', of: 'port', variants: Object.fromEntries(variants) };
}

/** The grammar of `*.product.yaml`. */
export function productGrammar(declarations: Declarations): MapShape {
  return {
    kind: 'map',
    what: 'the product',
    keys: {
      product: {
        shape: formed('product-name'),
        doc: 'The name: domain.name.',
        required: true,
        aka: ['name', 'id'],
      },
      version: {
        shape: formed('version'),
        doc: 'The semantic version; each major runs side by side.',
        required: true,
      },
      status: {
        shape: { kind: 'choice', what: 'status', values: STATUSES },
        doc: 'The stage of its life; active when left out.',
      },
      owner: {
        shape: text,
        doc: "The team that answers for it; the domain's or the mesh's default when left out.",
        aka: ['team'],
      },
      alignment: {
        shape: { kind: 'choice', what: 'alignment', values: ALIGNMENTS },
        doc: 'What it is shaped for: a source, an aggregate of sources, or a consumer.',
      },
      tier: {
        shape: { kind: 'choice', what: 'tier', values: TIERS },
        doc: 'How good it promises to be; bronze when left out.',
      },
      purpose: { shape: text, doc: 'What it is for, in a sentence.', required: true },
      doc: { shape: text, doc: 'Everything else that people should know.', aka: ['description', 'comment'] },
      tags: { shape: listOrOne(text), doc: 'Words to find it by.', aka: ['labels', 'keywords'] },
      inputs: {
        shape: { kind: 'entries', what: 'inputs', names: 'input-name', value: inputShape(declarations) },
        doc: 'Where the records come from.',
        aka: ['input', 'sources', 'source'],
      },
      transform: {
        shape: transformShape,
        doc: 'What turns inputs into rows; left out when they are taken as captured.',
        aka: ['sql', 'query'],
      },
      ...datasetKeys,
      datasets: {
        shape: { kind: 'entries', what: 'datasets', names: 'name', value: datasetShape, empty: 'refused' },
        doc: 'Several tables, instead of key and fields.',
        aka: ['tables'],
      },
      history: {
        shape: formed('duration'),
        doc: 'How long records stay in the log; for ever when left out.',
        aka: ['retention'],
      },
      slo: { shape: sloShape, doc: 'What the service promises.', aka: ['sla'] },
      gate: gateKey,
      checks: { shape: checksShape, doc: 'Rules on the data.', aka: ['tests', 'quality'] },
      outputs: {
        shape: outputsShape(declarations),
        doc: 'The ports that serve it; all of them when left out.',
        aka: ['ports', 'output'],
      },
      deliver: {
        shape: { kind: 'entries', what: 'deliveries', names: 'name', value: deliveryShape(declarations) },
        doc: 'Systems that it is pushed into.',
        aka: ['deliveries'],
      },
      access: {
        shape: accessShape,
        doc: 'Who may do what; what the defaults of the mesh say when left out, or else nobody but the owner.',
        aka: ['grants', 'permissions'],
      },
    },
  };
}
