/** The guarded reader of a delivery: one dataset of one product, filtered and renamed, as a state and as what changed since. */
import type { Engine } from '../../engine/engine.ts';
import {
  CHANGE_COLUMNS,
  type DeliveredChanges,
  type DeliveredState,
  KEY_COLUMN,
  type WriteRequest,
} from '../../kit/delivery.ts';
import type { Field } from '../../schema/field.ts';
import { isLastOnly } from '../../schema/reduce-sql.ts';
import type { Relation } from '../../store/store.ts';
import type { Services } from '../capture/services.ts';
import type { DeliveryPlan } from './delivery-shape.ts';
import {
  changesSelect,
  type DeliverySelect,
  orderedStateSelect,
  recordsSelect,
  stateSelect,
} from './delivery-sql.ts';
import { writeFiles } from './write-files.ts';

/** Positions that one batch of changes spans, at most, unless more of them were published as a whole. */
export const CHANGES_POSITIONS_MAX = 20_000;

const CHANGE_FIELDS: readonly Field[] = [
  { name: CHANGE_COLUMNS[0], type: 'string' },
  { name: CHANGE_COLUMNS[1], type: 'integer' },
  { name: CHANGE_COLUMNS[2], type: 'timestamp' },
];
const KEY_FIELD: Field = { name: KEY_COLUMN, type: 'string' };

export interface DeliverySourceOptions {
  readonly services: Pick<Services, 'store' | 'published' | 'temporaryFolder'>;
  /** The one that reads for consumers. */
  readonly engine: Engine;
  readonly stream: string;
  readonly plan: DeliveryPlan;
  /** Throws once no more may be delivered; undefined where nothing can end it. */
  readonly check: (() => void) | undefined;
}

export class DeliverySource {
  readonly #options: DeliverySourceOptions;

  constructor(options: DeliverySourceOptions) {
    this.#options = options;
  }

  published(): number {
    return this.#options.services.published.position(this.#options.stream);
  }

  /** The oldest position since which all changes are known. */
  oldest(): number {
    return this.#options.services.store.oldest(this.#options.stream);
  }

  /** What is published now; with `changes`, what `changes(0)` would give up to there. */
  state(): DeliveredState {
    this.#options.check?.();
    const position = this.published();
    const { shape } = this.#options.plan;
    const isLog = shape.mode === 'changes';
    const after = this.oldest();
    const write = (request: WriteRequest) =>
      isLog ? this.#writeChanges(after, position, request) : this.#writeState(position, request);
    return { position, after, write };
  }

  /** The next batch after a position; undefined when nothing newer is published. */
  changes(after: number): DeliveredChanges | undefined {
    this.#options.check?.();
    const through = this.#nextEnd(after);
    if (through === undefined) return undefined;
    return { after, through, write: (request) => this.#writeChanges(after, through, request) };
  }

  /** A position that consumers see: what was published as a whole is delivered as a whole. */
  #nextEnd(after: number): number | undefined {
    const { stream, services } = this.#options;
    const published = this.published();
    if (published <= after) return undefined;
    for (let span = CHANGES_POSITIONS_MAX; after + span < published; span *= 2) {
      const end = services.published.settled(stream, after + span);
      if (end > after) return end;
    }
    return published;
  }

  async #writeState(position: number, request: WriteRequest) {
    const { services, stream, plan } = this.#options;
    const relation = await services.store.snapshot(stream, plan.source.name, position);
    try {
      const rows = request.ordered ? orderedStateSelect(plan, relation) : stateSelect(plan, relation);
      return await this.#write(rows, this.#stateFields(), request);
    } finally {
      relation.release();
    }
  }

  async #writeChanges(after: number, through: number, request: WriteRequest) {
    const { services, stream, plan } = this.#options;
    const opened: Relation[] = [];
    const open = async (relation: Promise<Relation>) => {
      opened.push(await relation);
      return opened.at(-1) as Relation;
    };
    try {
      const records = await open(services.store.records(stream, plan.source.name, after, through));
      const needsState =
        plan.shape.mode === 'state' && plan.source.key !== 'none' && !isLastOnly(plan.source);
      const state = needsState
        ? await open(services.store.snapshot(stream, plan.source.name, through))
        : undefined;
      const rows =
        plan.shape.mode === 'changes' ? recordsSelect(plan, records) : changesSelect(plan, records, state);
      return await this.#write(rows, [...CHANGE_FIELDS, ...this.#stateFields()], request);
    } finally {
      for (const relation of opened) relation.release();
    }
  }

  #stateFields(): readonly Field[] {
    const { shape } = this.#options.plan;
    return shape.hasKeyColumn ? [KEY_FIELD, ...shape.dataset.fields] : shape.dataset.fields;
  }

  #write(rows: DeliverySelect, fields: readonly Field[], request: WriteRequest) {
    const { engine, services } = this.#options;
    return writeFiles({ engine, rows, fields, request, temporaryFolder: services.temporaryFolder });
  }
}
