/** How a client shows that it is who it says: nothing is asked of those who need no password, SCRAM-SHA-256 of those whose password is known here, and the password itself where somebody else knows it. */
import { randomBytes } from 'node:crypto';
import type { SqlPrincipal, SqlSignIn } from '../../kit/sql.ts';
import * as backend from '../../protocols/postgres/backend-messages.ts';
import { ProtocolViolation } from '../../protocols/postgres/protocol-violation.ts';
import { readSaslInitial, SCRAM_MECHANISM, ScramExchange } from '../../protocols/postgres/scram.ts';

const NONCE_BYTES = 18;

/** What comes of a message: something to say, or the principal and the last thing to say to it; undefined: it is not who it says. */
export type SignInStep =
  | { readonly kind: 'say'; readonly bytes: Buffer }
  | { readonly kind: 'known'; readonly bytes: Buffer; readonly principal: SqlPrincipal }
  | undefined;

export class ScramSignIn {
  readonly #asked: Extract<SqlSignIn, { kind: 'scram' }>;
  #exchange: ScramExchange | undefined;

  constructor(asked: Extract<SqlSignIn, { kind: 'scram' }>) {
    this.#asked = asked;
  }

  get request(): Buffer {
    return backend.authenticationSasl([SCRAM_MECHANISM]);
  }

  /** Throws ProtocolViolation. */
  answer(body: Buffer): SignInStep {
    if (!this.#exchange) {
      const { mechanism, data } = readSaslInitial(body);
      if (mechanism !== SCRAM_MECHANISM)
        throw new ProtocolViolation(`expected ${SCRAM_MECHANISM}, received "${mechanism}"`);
      const { salt, iterations } = this.#asked;
      const nonce = randomBytes(NONCE_BYTES).toString('base64');
      this.#exchange = new ScramExchange(data, { salt, iterations, nonce });
      return { kind: 'say', bytes: backend.authenticationSaslContinue(this.#exchange.serverFirst) };
    }
    const proven = this.#exchange.verify(body.toString('utf8'), this.#asked.keys);
    const principal = proven && this.#asked.keys[proven.index]?.principal;
    if (!proven || !principal) return undefined;
    return { kind: 'known', bytes: backend.authenticationSaslFinal(proven.serverFinal), principal };
  }
}

export class ClearSignIn {
  readonly #asked: Extract<SqlSignIn, { kind: 'clear' }>;

  constructor(asked: Extract<SqlSignIn, { kind: 'clear' }>) {
    this.#asked = asked;
  }

  get request(): Buffer {
    return backend.authenticationCleartext();
  }

  async answer(body: Buffer): Promise<SignInStep> {
    const end = body.indexOf(0);
    const principal = await this.#asked.holderOf(body.toString('utf8', 0, end < 0 ? undefined : end));
    return principal && { kind: 'known', bytes: Buffer.alloc(0), principal };
  }
}
