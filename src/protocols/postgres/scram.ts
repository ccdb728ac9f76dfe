/**
 * SCRAM-SHA-256 (RFC 5802, 7677) as a Postgres server speaks it: a client proves that it knows a password, and the server that it
 * knows the password's keys, without either of them saying it.
 *
 *     client-first   n,,n=user,r=CLIENT-NONCE
 *     server-first   r=CLIENT-NONCE SERVER-NONCE,s=SALT,i=ITERATIONS
 *     client-final   c=biws,r=NONCE,p=PROOF
 *     server-final   v=SIGNATURE
 *
 * A user may have several passwords under one salt: each pair of keys is tried, all of them whatever comes.
 */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { ProtocolViolation } from './protocol-violation.ts';

export const SCRAM_MECHANISM = 'SCRAM-SHA-256';
const KEY_BYTES = 32;

export interface ScramKeys {
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

export interface ScramChallenge {
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** The part of the nonce that is the server's: printable ASCII without commas. */
  readonly nonce: string;
}

/** What a server keeps of a password. Slow on purpose. */
export function scramKeys(password: string, salt: Uint8Array, iterations: number): ScramKeys {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, KEY_BYTES, 'sha256');
  return { storedKey: sha256(hmac(salted, 'Client Key')), serverKey: hmac(salted, 'Server Key') };
}

export class ScramExchange {
  readonly #serverFirst: string;
  readonly #clientFirstBare: string;
  readonly #header: string;
  readonly #nonce: string;

  /** Begins with what the client said first. Throws ProtocolViolation. */
  constructor(clientFirst: string, { salt, iterations, nonce }: ScramChallenge) {
    // Channel binding is not offered, so a client may say that it knows of it (y), but not ask for it (p).
    const match = /^([ny],(?:a=[^,]*)?,)((?:m=[^,]*,)?n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/.exec(
      clientFirst,
    );
    if (!match || /^[ny],[^,]*,m=/.test(clientFirst)) throw new ProtocolViolation('malformed SCRAM message');
    [, this.#header = '', this.#clientFirstBare = ''] = match;
    this.#nonce = `${match[3]}${nonce}`;
    this.#serverFirst = `r=${this.#nonce},s=${Buffer.from(salt).toString('base64')},i=${iterations}`;
  }

  get serverFirst(): string {
    return this.#serverFirst;
  }

  /** The keys that the client has proven to know, and the answer to that; undefined when it knows none. Throws ProtocolViolation. */
  verify(
    clientFinal: string,
    keys: readonly ScramKeys[],
  ): { readonly index: number; readonly serverFinal: string } | undefined {
    const match = /^(c=([^,]*),r=([^,]*)(?:,.*)?),p=([A-Za-z0-9+/=]+)$/.exec(clientFinal);
    const [, withoutProof = '', header = '', nonce = '', proof = ''] = match ?? [];
    if (!match || Buffer.from(header, 'base64').toString('latin1') !== this.#header || nonce !== this.#nonce)
      throw new ProtocolViolation('malformed SCRAM message');
    const proven = Buffer.from(proof, 'base64');
    if (proven.length !== KEY_BYTES) throw new ProtocolViolation('malformed SCRAM proof');
    const said = `${this.#clientFirstBare},${this.#serverFirst},${withoutProof}`;
    const matching = keys.map(({ storedKey }) => knows(storedKey, said, proven)).indexOf(true);
    const found = keys[matching];
    return found && { index: matching, serverFinal: `v=${hmac(found.serverKey, said).toString('base64')}` };
  }
}

function knows(storedKey: Uint8Array, said: string, proof: Buffer): boolean {
  const signature = hmac(storedKey, said);
  const clientKey = Buffer.from(proof.map((byte, i) => byte ^ (signature[i] ?? 0)));
  return storedKey.length === KEY_BYTES && timingSafeEqual(sha256(clientKey), storedKey);
}

/** What a client's first message about a mechanism holds: its name, and what it says there. Throws ProtocolViolation. */
export function readSaslInitial(body: Buffer): { readonly mechanism: string; readonly data: string } {
  const end = body.indexOf(0);
  if (end < 0 || body.length < end + 5) throw new ProtocolViolation('malformed SASL message');
  const length = body.readInt32BE(end + 1);
  const data = body.subarray(end + 5);
  if (length !== data.length) throw new ProtocolViolation('malformed SASL message');
  return { mechanism: body.toString('utf8', 0, end), data: data.toString('utf8') };
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
