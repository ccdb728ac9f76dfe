/**
 * Tokens: what somebody shows who is not there in person. The text is given once and never kept: what is kept is its SHA-256, by which it is
 * known again, and a SCRAM-SHA-256 verifier, by which a Postgres client proves that it has it. All tokens of a name share a salt: a client
 * is told the salt before it says which token it has.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { randomName } from '../base/random.ts';
import type { Principal, PrincipalKind, TokenScope } from './principal.ts';

export const SCRAM_ITERATIONS = 4_096;
const SALT_BYTES = 16;
const SECRET_BYTES = 32;
const TEXT = /^wharf_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

export type TokenKind = Extract<PrincipalKind, 'user' | 'service' | 'operator'>;

/** Whose a token is, and what it is limited to. */
export interface TokenOwner {
  readonly kind: TokenKind;
  readonly name: string;
  /** Besides those that the mesh says. */
  readonly teams: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly scope?: TokenScope;
}

/** What is kept of a token; times are ISO 8601, UTC. */
export interface Token extends TokenOwner {
  readonly id: string;
  readonly createdAt: string;
  /** Null: it does not end by itself. */
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Base64. */
  readonly scram: { readonly salt: string; readonly storedKey: string; readonly serverKey: string };
}

/** What may be shown of a token. */
export type TokenInfo = Omit<Token, 'sha256' | 'scram'>;

export interface MadeToken {
  readonly token: Token;
  /** To be given to its owner, once. */
  readonly text: string;
}

/** `salt` is that of the owner's other tokens, in base64. */
export function makeToken(
  owner: TokenOwner,
  times: { readonly nowMs: number; readonly expiresMs: number | undefined },
  salt = randomBytes(SALT_BYTES).toString('base64'),
): MadeToken {
  const id = randomName();
  const text = `wharf_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const { nowMs, expiresMs } = times;
  const token = {
    ...owner,
    id,
    createdAt: new Date(nowMs).toISOString(),
    expiresAt: expiresMs === undefined ? null : new Date(nowMs + expiresMs).toISOString(),
    revokedAt: null,
    lastUsedAt: null,
    sha256: sha256(text).toString('hex'),
    scram: verifier(text, salt),
  };
  return { token, text };
}

/** The id in the text of a token; undefined for what cannot be one. */
export function tokenId(text: string): string | undefined {
  return TEXT.exec(text)?.[1];
}

/** Takes as long for a wrong text as for a nearly right one. */
export function isTextOf(token: Token, text: string): boolean {
  return timingSafeEqual(Buffer.from(token.sha256, 'hex'), sha256(text));
}

export function isInForce(token: Token, nowMs: number): boolean {
  return token.revokedAt === null && (token.expiresAt === null || nowMs < Date.parse(token.expiresAt));
}

export function tokenInfo({ sha256: _, scram: __, ...info }: Token): TokenInfo {
  return info;
}

/** `teams` are those that the mesh says. */
export function principalOf(token: Token, teams: readonly string[]): Principal {
  const { kind, name, attributes, scope } = token;
  const all = [...new Set([...token.teams, ...teams])].sort();
  return { kind, name, teams: all, attributes, ...(scope ? { scope } : {}) };
}

/** RFC 5802, section 3. */
function verifier(text: string, salt: string): Token['scram'] {
  const salted = pbkdf2Sync(text, Buffer.from(salt, 'base64'), SCRAM_ITERATIONS, 32, 'sha256');
  const hmac = (key: string) => createHmac('sha256', salted).update(key).digest();
  return {
    salt,
    storedKey: sha256(hmac('Client Key')).toString('base64'),
    serverKey: hmac('Server Key').toString('base64'),
  };
}

function sha256(bytes: string | Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
