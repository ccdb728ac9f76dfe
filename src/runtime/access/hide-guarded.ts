import type { FastifyInstance } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import { isOperator } from '../http/check-operator.ts';
import '../errors.ts';
import type { Platform } from '../platform.ts';
import { isOpen } from './is-open.ts';

/**
 * Below every path of a built-in product that is not open: whoever may not read it is told that it is not there, in the words that are
 * used of products that are not.
 */
export function hideGuarded(app: FastifyInstance, platform: Platform): void {
  const guarded = [...platform.builtIns.values()].map(({ product }) => product).filter((one) => !isOpen(one));
  const hidden = new Set(guarded.map(({ name }) => name));
  app.addHook('preValidation', async (request) => {
    const { product, major } = (request.params ?? {}) as { product?: string; major?: string };
    if (product === undefined || !hidden.has(product) || isOperator(request)) return;
    const id = major === undefined ? product : `${product}@${major}`;
    throw new WharfError('PRODUCT_UNKNOWN', `There is no product "${id}" here.`, {
      hint: 'All products are listed at /api/products.',
    });
  });
}
