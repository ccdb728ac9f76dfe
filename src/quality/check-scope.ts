import type { Engine } from '../engine/engine.ts';
import type { Product } from '../spec/model.ts';
import type { Store } from '../store/store.ts';
import type { CountRange } from './planned-check.ts';

/** One look at a product: where, and what is known from the look before. */
export interface CheckScope {
  readonly product: Product;
  readonly store: Store;
  readonly engine: Engine;
  /** What is checked. */
  readonly position: number;
  /** An earlier position that was checked; undefined when all must be looked at. */
  readonly since: number | undefined;
  /** Records behind this position are new to checks that look at new records alone; undefined when all are. */
  readonly batchSince: number | undefined;
  /** Ids of the checks that no row failed at `since`: what changed since then is all that can fail them. */
  readonly clean: ReadonlySet<string>;
  /** How many rows there were at `since`, by the id of the check that counts them; without those that are to be counted again. */
  readonly ranges: ReadonlyMap<string, CountRange>;
  /** Of the products that checks refer to: the position to read each at, by stream. */
  readonly references: ReadonlyMap<string, number>;
  readonly nowMs: number;
  /** When the newest record was journaled, microseconds since 1970; 0 for none. */
  readonly recordTimeUs: number;
  readonly signal?: AbortSignal;
}

/** A check whose statement takes longer cannot be run. */
export const CHECK_DEADLINE_MS = 60_000;
export const SAMPLES_MAX = 5;
/** Characters of one sample. */
export const SAMPLE_TEXT_MAX = 2_000;
