import { WharfError } from '../../base/errors.ts';
import type { Product } from '../../spec/model.ts';
import '../errors.ts';
import type { PushTarget } from './push-service.ts';

/** The input of a product that is pushed to. Throws INPUT_UNKNOWN. */
export function pushTarget(product: Product, name: string): PushTarget {
  const input = product.inputs.find((one) => one.name === name);
  if (input?.kind === 'external' && input.from === 'push') return { product, input };
  const names = product.inputs.filter((one) => one.kind === 'external' && one.from === 'push');
  throw new WharfError('INPUT_UNKNOWN', `${product.id} has no input "${name}" that can be pushed to.`, {
    hint:
      names.length > 0
        ? `It has: ${names.map((one) => one.name).join(', ')}.`
        : 'Declare one with: inputs: { <name>: { from: push } }.',
  });
}
