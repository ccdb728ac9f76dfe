/**
 * What a Postgres snapshot sees: the text of `pg_current_snapshot()`, `xmin:xmax:xip,...`. The log names transactions by the lower 32
 * bits of their ids; those near a snapshot are told apart by which side of it they are on.
 */
const HALF = 1n << 31n;
const WRAP = 1n << 32n;

export class TransactionSnapshot {
  readonly text: string;
  readonly #xmin: bigint;
  readonly #xmax: bigint;
  readonly #running: ReadonlySet<bigint>;

  constructor(text: string) {
    const [xmin = '', xmax = '', running = ''] = text.split(':');
    this.text = text;
    this.#xmin = BigInt(xmin);
    this.#xmax = BigInt(xmax);
    this.#running = new Set(running === '' ? [] : running.split(',').map(BigInt));
  }

  /** True when the snapshot holds what this transaction, which has committed, did. */
  sees(xid: number): boolean {
    const full = this.#full(BigInt(xid));
    return full < this.#xmin || (full < this.#xmax && !this.#running.has(full));
  }

  #full(xid: bigint): bigint {
    let apart = (xid - (this.#xmax % WRAP)) % WRAP;
    if (apart >= HALF) apart -= WRAP;
    if (apart < -HALF) apart += WRAP;
    return this.#xmax + apart;
  }
}
