/** Who calls: found out once, before anything of a request is looked at. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ANYONE, OPERATOR } from '../../access/principal.ts';
import { type Asker, purposeOf } from '../access/asker.ts';
import { invalidToken, tokenNeeded } from '../access/invalid-token.ts';
import type { OpenId } from '../access/open-id.ts';
import type { TokenStore } from '../access/token-store.ts';
import { isPage } from './is-page.ts';
import { holdsSecret } from './operator-secret.ts';

const NOBODY: Asker = { principal: ANYONE, isValid: () => true };
const callers = new WeakMap<FastifyRequest, Asker>();

/** What for, as the caller says, in its own words. */
export const PURPOSE_HEADER = 'wharf-purpose';

export interface KnownCallers {
  readonly tokens: TokenStore;
  readonly secret: string;
  /** Undefined where the mesh names no issuer. */
  readonly openId: OpenId | undefined;
  /** Whether who shows no token is given nothing but what says nothing of the mesh. */
  readonly needsToken: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Says nothing of the mesh: the pages before somebody signs in, and that the process answers. */
    readonly saysNothing?: boolean;
  }
}

/** A token that is wrong is refused, and not taken for none: its owner would see less than they should, and not know why. */
export function knowCallers(
  app: FastifyInstance,
  { tokens, secret, openId, needsToken }: KnownCallers,
): void {
  app.addHook('onRequest', async (request, reply) => {
    const given = request.headers.authorization;
    if (given === undefined) {
      if (!needsToken || saysNothing(request)) return;
      reply.header('WWW-Authenticate', 'Bearer');
      throw tokenNeeded();
    }
    if (holdsSecret(request, secret)) {
      callers.set(request, { principal: OPERATOR, isValid: () => true });
      return;
    }
    const text = /^Bearer (\S+)$/i.exec(given)?.[1] ?? '';
    const holder = tokens.holderOf(text) ?? (await openId?.holderOf(text));
    if (!holder) {
      reply.header('WWW-Authenticate', 'Bearer error="invalid_token"');
      throw invalidToken();
    }
    callers.set(request, holder);
  });
}

function saysNothing(request: FastifyRequest): boolean {
  return request.routeOptions.config?.saysNothing === true || isPage(request);
}

export function callerOf(request: FastifyRequest): Asker {
  const caller = callers.get(request) ?? NOBODY;
  const purpose = purposeOf(request.headers[PURPOSE_HEADER]);
  return purpose === undefined ? caller : { ...caller, purpose, isValid: () => caller.isValid() };
}
