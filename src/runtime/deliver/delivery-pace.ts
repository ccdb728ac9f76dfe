/** When a delivery is due: at once, on a schedule, or once so many records are new. */
import { WharfError } from '../../base/errors.ts';
import { parseSchedule, type Schedule } from '../../base/schedule.ts';
import '../../kit/errors.ts';

/** The clock may be set, so it is looked at now and then. */
const LOOK_AGAIN_MS = 60_000;

export class DeliveryPace {
  readonly #schedule: Schedule | undefined;
  readonly #records: number | undefined;
  #deliveredMs: number | undefined;

  /** Throws DELIVERY_INVALID. */
  constructor({ every, records }: Readonly<Record<string, unknown>>) {
    this.#records = typeof records === 'number' ? records : undefined;
    this.#schedule = typeof every === 'string' ? scheduleOf(every) : undefined;
  }

  delivered(nowMs: number): void {
    this.#deliveredMs = nowMs;
  }

  /** With so many new records. What came while nothing ran is made up for once. */
  isDue(newRecords: number, nowMs: number): boolean {
    if (newRecords === 0) return false;
    if (!this.#schedule && this.#records === undefined) return true;
    if (this.#records !== undefined && newRecords >= this.#records) return true;
    if (!this.#schedule) return false;
    return this.#deliveredMs === undefined || this.#schedule.latest(nowMs) > this.#deliveredMs;
  }

  /** After this it may be due without any news; undefined when only news can make it so. */
  waitMs(newRecords: number, nowMs: number): number | undefined {
    if (!this.#schedule || newRecords === 0) return undefined;
    return Math.min(LOOK_AGAIN_MS, Math.max(1, this.#schedule.next(nowMs) - nowMs));
  }
}

function scheduleOf(text: string): Schedule {
  const schedule = parseSchedule(text);
  if (schedule) return schedule;
  throw new WharfError('DELIVERY_INVALID', `"${text}" is no schedule.`, {
    hint: 'Write a duration of at least 1s (15m, 1d at 05:00Z) or a cron line (0 5 * * 1 Europe/Amsterdam).',
  });
}
