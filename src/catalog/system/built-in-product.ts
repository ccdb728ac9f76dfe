/**
 * Products that Wharf itself keeps, about the products of a mesh. They are products like any other: a journal, positions, the
 * same ports; only their records come from within.
 */
import type { Dataset, Field } from '../../schema/field.ts';
import { ROWS_LIMIT_DEFAULT } from '../../schema/rows-query.ts';
import type { Output, Product } from '../../spec/model.ts';

/** The domain of all of them; no spec may declare a product in it. */
export const SYSTEM_DOMAIN = 'system';
/** Who owns them. */
export const SYSTEM_OWNER = 'wharf';

export interface BuiltInDataset {
  readonly name: string;
  readonly key: readonly string[];
  readonly fields: readonly Field[];
}

export interface BuiltInOptions {
  readonly name: string;
  readonly purpose: string;
  /** How long its records are kept; for ever when left out. */
  readonly historyMs?: number;
  /** Nobody reads it unless a grant says so; anybody when left out. */
  readonly guarded?: boolean;
  /** The first one is the default. */
  readonly datasets: readonly [BuiltInDataset, ...BuiltInDataset[]];
}

export interface BuiltInProduct extends Product {
  readonly datasets: readonly [Dataset, ...Dataset[]];
}

const NO_PROMISES = {
  freshnessMs: undefined,
  availability: undefined,
  completeness: undefined,
  latency: undefined,
  deliveryLagMs: undefined,
} as const;
const NOWHERE = { file: 'built in', line: 1, column: 1 } as const;
const VERSION = '1.0.0';

export function builtInProduct({
  name,
  purpose,
  historyMs,
  guarded,
  datasets,
}: BuiltInOptions): BuiltInProduct {
  const [first, ...rest] = datasets;
  return {
    name: `${SYSTEM_DOMAIN}.${name}`,
    domain: SYSTEM_DOMAIN,
    shortName: name,
    version: VERSION,
    major: 1,
    id: `${SYSTEM_DOMAIN}.${name}@1`,
    status: 'active',
    owner: SYSTEM_OWNER,
    alignment: 'source',
    tier: 'silver',
    purpose,
    doc: undefined,
    tags: [],
    inputs: [],
    transform: undefined,
    datasets: [datasetOf(first), ...rest.map(datasetOf)],
    historyMs,
    slo: NO_PROMISES,
    gate: false,
    checks: [],
    outputs: OUTPUTS,
    deliveries: [],
    access: guarded ? [] : [{ ...ANYONE, place: NOWHERE }],
    place: NOWHERE,
  };
}

const ANYONE = {
  effect: 'allow',
  who: ['anyone'],
  ports: undefined,
  actions: undefined,
  rows: undefined,
  mask: {},
  purpose: undefined,
  until: undefined,
} as const;

const OUTPUTS: readonly Output[] = [
  { port: 'rest', options: { limit: ROWS_LIMIT_DEFAULT }, place: NOWHERE },
  { port: 'stream', options: {}, place: NOWHERE },
  { port: 'files', options: {}, place: NOWHERE },
  { port: 'sql', options: {}, place: NOWHERE },
];

function datasetOf({ name, key, fields }: BuiltInDataset): Dataset {
  return { name, key, fields, extra: 'refuse' };
}
