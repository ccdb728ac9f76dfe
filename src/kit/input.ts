/** What an input connector sees of Wharf, and what it must give. */
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Field } from '../schema/field.ts';
import type { Framing } from '../schema/framing.ts';
import type { Declaration } from '../schema/options.ts';
import type { Reason, Slice } from '../schema/slice.ts';
import type { NamedConnection, Reveal } from './connection.ts';

/** A cursor is JSON, small, and means something only to the connector that made it. */
export type Cursor = unknown;

/** Whole records, cut from the source, in the source's own format. */
export interface CaptureBatch {
  /** At most CAPTURE_BATCH_BYTES_MAX unless a single record is larger. Ownership passes to the reader. */
  readonly bytes: Uint8Array;
  readonly framing: Framing;
  /** Where the first record stands, for the rejects: `file` as people know it, `line` or item from 1. */
  readonly place: { readonly file: string; readonly line: number };
  /** Where to go on after this batch. It becomes durable together with the batch's records. */
  readonly cursor: Cursor;
  /**
   * Set when the batch is part of a source that is read as a whole again. Only what differs from the product's state is
   * then journaled, once the batch with `last` has come; with `deletes`, keys that did not come are deleted.
   */
  readonly whole?: { readonly first: boolean; readonly last: boolean; readonly deletes: boolean };
  /** Which of the batch's records, from 0 and ascending, are deletes; they hold at least the key. Only with NDJSON. */
  readonly deletes?: readonly number[];
  /**
   * The batch ends inside of what must be seen as a whole. Consumers see none of it until a batch without this has come, one that is
   * not `whole` either.
   */
  readonly open?: boolean;
  /** How far through what is known of the source, for progress. */
  readonly progress?: { readonly doneBytes: number; readonly totalBytes: number };
}

export const CAPTURE_BATCH_BYTES_MAX = 512 * 1024;

export interface CaptureContext {
  /** As the declaration's options, checked, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The fields of the records as the source has them: the input's own when there is a transform, else the product's. */
  readonly fields: readonly Field[];
  /** Names the input among all of its mesh, the same at each start. */
  readonly id: string;
  /** The names of the fields that make up the dataset's key; none when it keeps every record. */
  readonly key: readonly string[];
  /** Whether members that no field names are kept. */
  readonly keepsExtra: boolean;
  /** Whether a transform maps the records on. */
  readonly mapped: boolean;
  /** Durable; undefined at the very first start. */
  readonly cursor: Cursor;
  /** The cursor that is durable now: what a source may be told to forget. */
  readonly durable: () => Cursor;
  /**
   * The row with these text forms of its key's fields, as JSON, once all batches given so far are journaled; undefined when there is
   * none. Only for datasets with a key that no transform maps.
   */
  readonly row: (key: readonly string[]) => Promise<string | undefined>;
  /** Shows a figure of the source at the task's status and among the metrics; names are as `wal_held_bytes`. */
  readonly measure: (name: string, value: number) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
  /** The folder that relative paths start from: the mesh's, or that of the named connection. */
  readonly baseFolder: string;
  /** The connection that the options name, as the mesh declares it. Its secrets are references still. */
  readonly connection: NamedConnection | undefined;
  /** Puts the environment's values in the place of `${NAME}`. Throws REFERENCE_UNSET. The answer is a secret. */
  readonly reveal: Reveal;
  /** For files that need not survive a restart; they are removed by who makes them. */
  readonly temporaryFolder: string;
  /** Rewrites a columnar file as NDJSON in the exact JSON form of `fields`, in a file that the caller removes. */
  readonly toNdjson: (file: string) => Promise<string>;
  /** Tells that everything that was there has been read; called again after each further batch of news. */
  readonly caughtUp: () => void;
  /** A record of the source that could not even be cut out. */
  readonly warn: (message: string) => void;
}

/** What of a context follows from the mesh and its folders. */
export type MeshContext = Pick<
  CaptureContext,
  'baseFolder' | 'connection' | 'reveal' | 'temporaryFolder' | 'toNdjson'
>;

/** What a source offers, for the specs that `wharf add` writes. */
export interface Discovery {
  readonly connection: {
    readonly name: string;
    readonly type: string;
    readonly options: Readonly<Record<string, string | number>>;
  };
  /** The value of the connection's secret, for the environment; never written. */
  readonly secret: { readonly variable: string; readonly isGiven: boolean };
  readonly tables: readonly DiscoveredTable[];
}

export interface DiscoveredTable {
  /** In the words of the source. */
  readonly name: string;
  readonly doc: string | null;
  readonly options: Readonly<Record<string, string>>;
  readonly key: readonly string[];
  readonly fields: readonly Field[];
  /** A column whose values are those of a column of another table. */
  readonly references: readonly {
    readonly column: string;
    readonly table: string;
    readonly target: string;
  }[];
}

/** How to come by what an input made at its source, once no input reads from there. */
export interface LeavingTarget {
  readonly connection: NamedConnection;
  readonly reveal: Reveal;
  /** What paths of the connection start from. */
  readonly baseFolder: string;
}

/** What reading makes at a source for itself, and what would stay there when the input is gone from the mesh. */
export interface Leavings {
  /** Of the connections that may lead there. */
  readonly connectionType: string;
  /** For people; undefined for a cursor of another connector, and where nothing was made or nothing is left. */
  describe(id: string, cursor: Cursor): string | undefined;
  /**
   * Removes it: `removed`; `gone` where nothing of it is left; `elsewhere` where the connection leads to another server or database.
   * Throws what the source says.
   */
  remove(target: LeavingTarget, cursor: Cursor): Promise<'removed' | 'gone' | 'elsewhere'>;
  /** The cursor once it is removed: whoever reads on from it finds out that there is a gap. */
  afterwards(cursor: Cursor): Cursor;
}

/** An input that Wharf reads from. */
export interface PullInput extends Declaration {
  readonly kind: 'pull';
  /** Left out where a transform may map the records one by one; else why not, as a clause, and what to do. */
  readonly unmapped?: { readonly why: string; readonly hint: string };
  /** Looks at all tables behind an address of one of these schemes. */
  readonly discover?: {
    readonly schemes: readonly string[];
    readonly look: (address: string) => Promise<Discovery>;
  };
  readonly leavings?: Leavings;
  /** Reads for ever (until `signal`), from `cursor` on. Throws a WharfError; a retryable one is tried again. */
  capture(context: CaptureContext): AsyncIterable<CaptureBatch>;
}

/** Records that somebody sent, cut into slices, to be acknowledged as a whole. */
export interface Submission {
  /** `flights.departures@1`, as the path named it. */
  readonly product: string;
  readonly input: string;
  readonly op: 'upsert' | 'delete';
  readonly slices: readonly Slice[];
  /** The same key and body again change nothing. */
  readonly idempotency: { readonly key: string; readonly bodyHash: string } | undefined;
}

export interface SubmissionResult {
  readonly accepted: number;
  /** The position of the product (or of its source log, when a transform follows) after the records; as text in answers. */
  readonly position: number;
  readonly rejected: readonly {
    readonly index: number;
    readonly id: string;
    readonly reasons: readonly Reason[];
  }[];
  /** True when this is the answer that was given before under the same idempotency key. */
  readonly repeated: boolean;
}

/** The one way from a push connector to the journal. */
export interface PushHost {
  /**
   * Validates and appends; resolves when everything is on disk.
   * Throws PRODUCT_UNKNOWN, INPUT_UNKNOWN, IDEMPOTENCY_CONFLICT, JOURNAL_FULL.
   */
  submit(submission: Submission): Promise<SubmissionResult>;
}

/** An input that others send to, over HTTP. */
export interface PushInput extends Declaration {
  readonly kind: 'push';
  /** Adds the routes below `/p/:product/v:major/inputs/:input`. */
  routes(scope: FastifyInstance, host: PushHost): void;
}

export type InputConnector = PullInput | PushInput;

export function definePullInput(input: Omit<PullInput, 'kind'>): PullInput {
  return Object.freeze({ kind: 'pull' as const, ...input });
}

export function definePushInput(input: Omit<PushInput, 'kind'>): PushInput {
  return Object.freeze({ kind: 'push' as const, ...input });
}
