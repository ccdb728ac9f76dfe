/**
 * Which way a cycle goes: the product's way, from the positions of its cursor, wherever the state is known to be the query's answer at
 * these; the whole query everywhere else. What is computed is the same.
 */
import { codeOf, WharfError } from '../../base/errors.ts';
import { chooseWay, type Way } from '../../transform/choose-way.ts';
import { planNear } from '../../transform/plan/near-plan.ts';
import type { Derivation } from './derivation.ts';
import type { DeriveCursor, Moment, Positions } from './derive-cursor.ts';
import { type NearChange, NearStep } from './near-step.ts';
import { openPart, openWhole } from './open-change.ts';
import { openTypescriptStep } from './open-typescript-step.ts';
import type { OpenChange } from './opened.ts';

/** With more records than this that came since, the whole query costs less than looking for what they touch. */
const PART_RECORDS_MAX = 500_000;

export class WayTaken {
  readonly #derivation: Derivation;
  #way: Way = { kind: 'refresh' };
  #near: NearStep | undefined;
  #last: Way['kind'] = 'refresh';

  constructor(derivation: Derivation) {
    this.#derivation = derivation;
  }

  /** Reads the query's plan. The SQL has been found to bind. */
  async choose(): Promise<void> {
    const { services, plan } = this.#derivation;
    if (plan.language !== 'sql') return;
    const { way, refused, reasons } = await chooseWay(services.engine, plan, plan.mode);
    // A query over changes means nothing in another way.
    if (refused && plan.mode === 'reduce')
      throw new WharfError('TRANSFORM_MODE', `The transform cannot be reduced. ${reasons[0]?.reason ?? ''}`, {
        hint: 'wharf check shows where.',
      });
    this.#way = way;
    const near = way.kind === 'rekey' ? planNear(plan, way.rekey) : undefined;
    this.#near = near && new NearStep(this.#derivation, near);
  }

  /** The way of the last cycle. */
  get last(): Way['kind'] {
    return this.#last;
  }

  /** What a step by look-ups finds; undefined where `open` must tell. */
  async near(cursor: DeriveCursor | undefined, signal: AbortSignal): Promise<NearChange | undefined> {
    if (!cursor || !this.#isHead(cursor)) return undefined;
    const change = await this.#near?.take(cursor.positions, signal);
    if (change) this.#last = 'rekey';
    return change;
  }

  /** `cursor` tells what the state is the answer for; undefined when the whole query is to be run. */
  async open(cursor: DeriveCursor | undefined, moment: Moment, signal: AbortSignal): Promise<OpenChange> {
    const way = this.#way;
    const to = moment.positions;
    if (cursor && way.kind !== 'refresh' && this.#isNear(cursor, to)) {
      try {
        const part = await openPart(this.#derivation, way, { from: cursor.positions, to });
        this.#last = way.kind;
        return part;
      } catch (thrown) {
        // An input forgot what it was at the cursor's position.
        if (codeOf(thrown) !== 'POSITION_GONE') throw thrown;
      }
    }
    if (cursor && this.#isNear(cursor, to)) {
      const step = await openTypescriptStep(this.#derivation, cursor, to, signal);
      this.#last = step ? 'rekey' : 'refresh';
      if (step) return step;
    }
    this.#last = 'refresh';
    return openWhole(this.#derivation, moment, signal);
  }

  /** A cycle that was cut off between two commits has left records behind for keys that need not be touched any more. */
  #isHead({ position }: DeriveCursor): boolean {
    const { services, product } = this.#derivation;
    return services.journal.head(product.id) === position;
  }

  /** An input whose positions went back was made anew. */
  #isNear(cursor: DeriveCursor, to: Positions): boolean {
    const moves = Object.entries(to).map(([stream, now]) => now - (cursor.positions[stream] ?? 0));
    const sum = moves.reduce((total, move) => total + move, 0);
    return this.#isHead(cursor) && moves.every((move) => move >= 0) && sum <= PART_RECORDS_MAX;
  }
}
