import { WharfError } from '../../base/errors.ts';
import '../errors.ts';

/** Counts the clients of each product, up to a limit. */
export class ClientSlots {
  readonly #max: number;
  readonly #taken = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a place until the answer is called. Throws STREAM_CLIENTS_FULL. */
  take(product: string): () => void {
    const taken = this.#taken.get(product) ?? 0;
    if (taken >= this.#max) {
      throw new WharfError(
        'STREAM_CLIENTS_FULL',
        `${taken} clients follow ${product}; that is as many as may.`,
        {
          hint: 'Try again later, or read the stream once and pass it on.',
          details: { clientsMax: this.#max },
        },
      );
    }
    this.#taken.set(product, taken + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.#taken.get(product) ?? 1) - 1;
      if (left === 0) this.#taken.delete(product);
      else this.#taken.set(product, left);
    };
  }
}
