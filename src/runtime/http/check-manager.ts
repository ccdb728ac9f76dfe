import type { FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import type { Platform } from '../platform.ts';
import { callerOf } from './caller.ts';
import { isOperator } from './check-operator.ts';
import { productId } from './server-paths.ts';

/** True when the caller runs the product of the request's path: its owner, whoever may `manage` it, and who runs this platform. */
export function isManager(platform: Platform, request: FastifyRequest): boolean {
  if (isOperator(request)) return true;
  const { product } = platform.products.get(productId(request));
  return platform.access.allows(product, callerOf(request), 'manage');
}

/** Throws FORBIDDEN unless the caller runs the product. */
export function checkManager(platform: Platform, request: FastifyRequest): void {
  if (isManager(platform, request)) return;
  throw new WharfError('FORBIDDEN', 'This call is for those who run the product.', {
    hint: 'Use a token of a member of the team that owns it, an operator token, or the wharf command on the machine that serves the data folder.',
  });
}
