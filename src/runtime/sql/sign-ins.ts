/**
 * What is asked of those who come to the SQL port by name. A token of Wharf is proven by SCRAM, so that it is not sent at all. A token of an issuer
 * can only be looked at: where the mesh names one, the password is asked for as it is, but over TLS or on this machine alone.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { SCRAM_ITERATIONS } from '../../access/token.ts';
import type { SqlPrincipal, SqlSignIn } from '../../kit/sql.ts';
import type { OpenId } from '../access/open-id.ts';
import type { TokenStore } from '../access/token-store.ts';
import { SqlCaller } from './sql-caller.ts';

/** The name by which somebody comes who has no token, and wants none. */
const ANYONE = 'anyone';
const SALT_BYTES = 16;

export interface SignInParts {
  readonly tokens: TokenStore;
  /** Undefined where the mesh names no issuer. */
  readonly openId: OpenId | undefined;
}

export class SignIns {
  readonly #parts: SignInParts;
  readonly #needsToken: boolean;
  readonly #saltKey = randomBytes(SALT_BYTES);

  constructor(parts: SignInParts, needsToken: boolean) {
    this.#parts = parts;
    this.#needsToken = needsToken;
  }

  of(user: string, isPrivate: boolean): SqlSignIn {
    const { openId } = this.#parts;
    const isStranger = user === ANYONE && !this.#needsToken;
    if (openId && isPrivate && !isStranger)
      return { kind: 'clear', holderOf: (password) => this.#holderOf(openId, user, password) };
    return this.#scram(user);
  }

  async #holderOf(openId: OpenId, user: string, password: string): Promise<SqlPrincipal | undefined> {
    const holder = this.#parts.tokens.holderOf(password) ?? (await openId.holderOf(password));
    if (!holder) return undefined;
    const { kind, name } = holder.principal;
    // Whoever says that they are somebody else is not taken for either.
    return user === (kind === 'service' ? `service:${name}` : name) ? SqlCaller.of(holder) : undefined;
  }

  /** Who has a token must prove it. Any other name is that of nobody who is known. */
  #scram(user: string): SqlSignIn {
    const named = this.#parts.tokens.named(user);
    const [first] = named;
    if (!first && !this.#needsToken) return { kind: 'open', principal: SqlCaller.unknown(user) };
    const keys = named.map(({ token, holder }) => ({
      storedKey: Buffer.from(token.scram.storedKey, 'base64'),
      serverKey: Buffer.from(token.scram.serverKey, 'base64'),
      principal: SqlCaller.of(holder),
    }));
    const salt = first ? Buffer.from(first.token.scram.salt, 'base64') : this.#saltOf(user);
    return { kind: 'scram', salt, iterations: SCRAM_ITERATIONS, keys };
  }

  /** The same at each attempt, as that of a name that somebody has. */
  #saltOf(user: string): Buffer {
    return createHmac('sha256', this.#saltKey).update(user).digest().subarray(0, SALT_BYTES);
  }
}
