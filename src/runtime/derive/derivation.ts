import type { Product } from '../../spec/model.ts';
import type { DerivePlan } from '../../transform/derive-plan.ts';
import type { Services } from '../capture/services.ts';
import type { HearProgress } from './derive-progress.ts';
import type { TypescriptDerivation } from './typescript-derivation.ts';

/** A derived product and what computes it. */
export interface Derivation {
  readonly services: Services;
  readonly product: Product;
  readonly plan: DerivePlan;
  /** How many derivations lie between the product and what is captured. */
  readonly depth: number;
  /** Hears how far a cycle is that may take long. */
  readonly onProgress?: HearProgress;
  /** What runs the transform where it is written in TypeScript. */
  readonly typescript: TypescriptDerivation | undefined;
}
