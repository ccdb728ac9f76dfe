/** What a delivery's errors mean for those who drive it. */
import { codeOf } from '../base/errors.ts';
import './errors.ts';

/** True for what trying again would make worse, or cannot mend: the delivery stands still until somebody resumes it. */
export function pausesDelivery(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === 'DELIVERY_FENCED' || code === 'DELIVERY_DEAD';
}
