/** Stands for what a check says to somebody who may not read all of the product: it may quote values of rows. */
export const UNTOLD = 'It is told to those who may read all of the product.';

interface Told {
  readonly measured: string | null;
  readonly message: string;
  readonly samples?: readonly string[];
}

export function withoutValues<T extends Told>(result: T): T {
  const samples = result.samples === undefined ? {} : { samples: [] };
  return { ...result, measured: null, message: UNTOLD, ...samples };
}
