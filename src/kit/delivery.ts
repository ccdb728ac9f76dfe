/** What a destination sees of Wharf, and what it must give. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Dataset } from '../schema/field.ts';
import type { Declaration, OptionField } from '../schema/options.ts';
import type { NamedConnection, Reveal } from './connection.ts';
import type { ProductDescription } from './reader.ts';

/** What rows can be written as; the same forms as those of the files port. */
export const DELIVERY_FORMATS = ['parquet', 'csv', 'ndjson'] as const;
export type DeliveryFormat = (typeof DELIVERY_FORMATS)[number];

/** The columns that come before the dataset's own wherever changes are written. */
export const CHANGE_COLUMNS = ['_op', '_position', '_time'] as const;
/** The column that identifies a row where the key's own fields cannot: the SHA-256 of the key, in hexadecimal. */
export const KEY_COLUMN = '_key';

export interface DeliveredFile {
  /** Absolute; below a folder that is removed on `release`. */
  readonly path: string;
  /** `day=2001-01-31/part-0.parquet` where it is partitioned, else `part-0.parquet`. */
  readonly name: string;
  readonly bytes: number;
  /** Undefined where the engine does not count them by file. */
  readonly rows: number | undefined;
}

export interface DeliveredFiles {
  readonly files: readonly DeliveredFile[];
  readonly rows: number;
  release(): Promise<void>;
}

export interface WriteRequest {
  readonly format: DeliveryFormat;
  /** Fields whose values name folders, as Hive does; they are not in the files then. */
  readonly partitionBy?: readonly string[];
  /** A state in the order of its key, so that the same state is always written alike; without partitions only. */
  readonly ordered?: boolean;
  readonly signal?: AbortSignal;
}

/** Everything that there is at one position. */
export interface DeliveredState {
  readonly position: number;
  /** With `mode: changes` it is every change after this position: 0, unless the oldest ones are no longer kept. */
  readonly after: number;
  write(request: WriteRequest): Promise<DeliveredFiles>;
}

/**
 * What changed in (after, through]. Each row has `_op` (`upsert` or `delete`), `_position` and `_time`, then the columns, in the order of
 * the positions. Of a state there is one row a key, its last; a delete holds the key, and the rest is null.
 */
export interface DeliveredChanges {
  readonly after: number;
  readonly through: number;
  write(request: WriteRequest): Promise<DeliveredFiles>;
}

/**
 * What a destination is told to hold. `state`: one row a key, or every record of a dataset without one. `changes`: every record as it was
 * journaled, with `_op`, `_position` and `_time`.
 */
export type DeliveryMode = 'state' | 'changes';

export interface DeliveryShape {
  readonly mode: DeliveryMode;
  /** As delivered: fields chosen and renamed. Its key names what identifies a row; `none` where nothing does, or with `changes`. */
  readonly dataset: Dataset;
  /** True when rows carry `_key`, because a field of the key may be null or has no plain order. */
  readonly hasKeyColumn: boolean;
  /** What the rows mean: source, columns, filter, mode. When it changes, everything is to be written again. */
  readonly stamp: string;
}

/** A small JSON value that Wharf keeps, durably, for a destination that cannot keep one itself. */
export interface DeliveryNotes {
  read(): unknown;
  write(value: unknown): Promise<void>;
}

/** What a check found at last. Nothing of it quotes a value of a row. */
export interface DeliveredCheck {
  readonly id: string;
  readonly kind: string;
  readonly severity: 'error' | 'warning';
  readonly doc: string;
  readonly threshold: string;
  /** `waiting`: it has not been run yet. */
  readonly status: string;
  readonly position: number | null;
  readonly checkedAt: string | null;
}

/** What is known of a product beside its rows, for destinations that people read. */
export interface ProductStanding {
  /** `freshness: 26h`. */
  readonly promises: readonly string[];
  readonly checks: readonly DeliveredCheck[];
}

export interface DeliveryContext {
  /** The principal: `delivery:flights.departures@1/warehouse`. */
  readonly name: string;
  readonly mesh: string;
  readonly product: ProductDescription;
  /** As it is when asked. */
  standing(): ProductStanding;
  /** As the declaration's options, checked, defaults filled in. Secrets are references. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly connection: NamedConnection | undefined;
  readonly reveal: Reveal;
  readonly shape: DeliveryShape;
  readonly notes: DeliveryNotes;
  /** The folder that relative paths start from. */
  readonly baseFolder: string;
  readonly temporaryFolder: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** An open destination. Calls come one at a time. */
export interface Destination {
  /** Up to where it holds the product, as it says itself; undefined when it must be given everything. */
  readonly position: number | undefined;
  /** Replaces all that it holds. Afterwards `position` is the state's. */
  load(state: DeliveredState): Promise<void>;
  /** Adds what changed since `position`; afterwards that is `through`. Left out by destinations that only take whole states. */
  apply?(changes: DeliveredChanges): Promise<void>;
  close(): Promise<void>;
}

export interface DeliveryConnector extends Declaration {
  readonly kind: 'delivery';
  /** What a crash or a lost reply can do: nothing, or have records arrive again. */
  readonly guarantee: 'exactly-once' | 'at-least-once';
  /** What options must be for these rows, beyond what each says alone; before anything is opened. Throws DELIVERY_INVALID. */
  check?(options: Readonly<Record<string, unknown>>, shape: DeliveryShape): void;
  /** Throws WharfErrors; a retryable one is tried again, with back-off. */
  open(context: DeliveryContext): Promise<Destination>;
}

/** The options that every delivery has. */
export const COMMON_DELIVERY_OPTIONS: readonly OptionField[] = [
  {
    name: 'dataset',
    type: 'string',
    doc: 'The dataset; the first one when left out.',
    example: 'departures',
  },
  {
    name: 'fields',
    type: 'array',
    single: true,
    items: { name: 'items', type: 'string' },
    doc: 'The fields, in their order; all of them when left out. The key must be among them, unless with `mode: changes`.',
    example: '[airport, day, flights]',
  },
  {
    name: 'rename',
    type: 'json',
    doc: 'What fields are called there, by what they are called here.',
    example: '{ airport: iata }',
  },
  {
    name: 'filter',
    type: 'string',
    doc: "A condition in SQL over the dataset's fields, of the rows that are delivered. A row that no longer meets it is deleted there.",
    example: "airport in ('JFK', 'SFO')",
  },
  {
    name: 'every',
    type: 'string',
    doc: 'Deliver on a schedule, a duration or a cron line, instead of at once.',
    example: '1h',
  },
  {
    name: 'records',
    type: 'integer',
    min: '1',
    doc: 'Deliver once so many records are new; together with `every`, whichever comes first.',
    example: '10000',
  },
];

export function defineDelivery(delivery: Omit<DeliveryConnector, 'kind'>): DeliveryConnector {
  const own = new Set(delivery.options.map((option) => option.name));
  const common = COMMON_DELIVERY_OPTIONS.filter((option) => !own.has(option.name));
  return Object.freeze({
    kind: 'delivery' as const,
    ...delivery,
    options: [...delivery.options, ...common],
  });
}
