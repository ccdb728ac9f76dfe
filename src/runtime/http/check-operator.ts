import type { FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import { callerOf } from './caller.ts';

/** True when the caller runs this platform; a token that is limited to something is for that alone. */
export function isOperator(request: FastifyRequest): boolean {
  const { kind, scope } = callerOf(request).principal;
  return kind === 'operator' && scope === undefined;
}

/** Throws FORBIDDEN unless the caller runs this platform. */
export function checkOperator(request: FastifyRequest): void {
  if (isOperator(request)) return;
  throw new WharfError('FORBIDDEN', 'This call is for those who run the platform.', {
    hint: 'Use the wharf command on the machine that serves the data folder, or an operator token.',
  });
}
