import type { Reading, ReadObserver } from './reading.ts';
import type { UsageMeter } from './usage-meter.ts';

/** What is done about everything that is read: it is counted. */
export class ReadLog implements ReadObserver {
  readonly #usage: UsageMeter;

  constructor(usage: UsageMeter) {
    this.#usage = usage;
  }

  async read(reading: Reading): Promise<void> {
    this.#usage.read(reading);
  }

  more(reading: Reading, rows: number): void {
    this.#usage.more(reading, rows);
  }
}
