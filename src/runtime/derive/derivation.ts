import type { Product } from '../../spec/model.ts';
import type { DerivePlan } from '../../transform/derive-plan.ts';
import type { Services } from '../capture/services.ts';
import type { TypescriptDerivation } from './typescript-rows.ts';

/** A derived product and what computes it. */
export interface Derivation {
  readonly services: Services;
  readonly product: Product;
  readonly plan: DerivePlan;
  /** How many derivations lie between the product and what is captured. */
  readonly depth: number;
  /** Hears how far work that may take long is, in records. */
  readonly onProgress?: (done: number, total: number) => void;
  /** What runs the transform where it is written in TypeScript. */
  readonly typescript: TypescriptDerivation | undefined;
}
