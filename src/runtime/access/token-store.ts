/**
 * The tokens of a data folder, in one file that is replaced as a whole: what a call acknowledges is on disk, and after a crash there is the
 * state before or after it. When a token was used last is written now and then only: it is told, and decides nothing.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Principal } from '../../access/principal.ts';
import {
  isInForce,
  isTextOf,
  makeToken,
  principalOf,
  type Token,
  type TokenInfo,
  type TokenOwner,
  tokenId,
  tokenInfo,
} from '../../access/token.ts';
import './errors.ts';
import type { Clock } from '../../base/clock.ts';
import { codeOf, WharfError } from '../../base/errors.ts';
import { writeFileAtomically } from '../../base/files.ts';
import type { Mesh } from '../../spec/model.ts';

const FILE = 'tokens.json';
const FORMAT = 1;
const TOKENS_MAX = 10_000;

/** Somebody who showed a token. */
export interface Holder {
  readonly principal: Principal;
  /** Asked whenever something is given: false from the moment in which the token was revoked or has ended. */
  isValid(): boolean;
}

export interface GivenToken {
  readonly token: TokenInfo;
  /** The only time that it is told. */
  readonly text: string;
}

export class TokenStore {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #teams: Mesh['teams'];
  readonly #tokens: Map<string, Token>;
  /** True where no token was ever made. */
  readonly isNew: boolean;
  #used = false;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(file: string, clock: Clock, mesh: Mesh, tokens: readonly Token[] | undefined) {
    this.#file = file;
    this.#clock = clock;
    this.#teams = mesh.teams;
    this.#tokens = new Map(tokens?.map((token) => [token.id, token]));
    this.isNew = tokens === undefined;
  }

  /** Throws TOKENS_UNREADABLE. */
  static async open(folder: string, clock: Clock, mesh: Mesh): Promise<TokenStore> {
    const file = path.join(folder, FILE);
    return new TokenStore(file, clock, mesh, await readTokens(file));
  }

  /** The newest first. */
  list(): TokenInfo[] {
    return [...this.#tokens.values()].map(tokenInfo).reverse();
  }

  /** Throws TOKENS_FULL. */
  create(owner: TokenOwner, expiresMs: number | undefined): Promise<GivenToken> {
    return this.#change(() => {
      if (this.#tokens.size >= TOKENS_MAX)
        throw new WharfError('TOKENS_FULL', `${this.#tokens.size} tokens are kept, and no more may be.`, {
          hint: 'Tokens that have ended are kept, so that it is known whose they were.',
        });
      return this.#make(owner, expiresMs);
    });
  }

  /** Another text in place of the old one, which ends at once. Throws TOKEN_UNKNOWN, TOKEN_ENDED. */
  rotate(id: string): Promise<GivenToken> {
    return this.#change(() => {
      const old = this.#find(id);
      const { kind, name, teams, attributes, scope } = old;
      const lastsMs =
        old.expiresAt === null ? undefined : Date.parse(old.expiresAt) - Date.parse(old.createdAt);
      const made = this.#make({ kind, name, teams, attributes, ...(scope ? { scope } : {}) }, lastsMs);
      return { ...made, changed: [...made.changed, this.#revoked(old)] };
    });
  }

  /** Throws TOKEN_UNKNOWN, TOKEN_ENDED. */
  revoke(id: string): Promise<{ readonly token: TokenInfo }> {
    return this.#change(() => {
      const token = this.#revoked(this.#find(id));
      return { token: tokenInfo(token), changed: [token] };
    });
  }

  /** Who has this text; undefined when nobody has, or not any more. */
  holderOf(text: string): Holder | undefined {
    const token = this.#tokens.get(tokenId(text) ?? '');
    if (!token || !isTextOf(token, text) || !this.#use(token.id)) return undefined;
    return this.#holder(token);
  }

  /** The tokens in force of somebody who signs in by name; `service:etl` for a service. */
  named(name: string): readonly { readonly token: Token; readonly holder: Holder }[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#tokens.values()]
      .filter((token) => signInName(token) === name && isInForce(token, nowMs))
      .map((token) => ({ token, holder: this.#holder(token) }));
  }

  /** Writes down what was used. */
  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    if (this.#used) await this.#write([...this.#tokens.values()]);
  }

  #holder(token: Token): Holder {
    return { principal: principalOf(token, this.#teamsOf(token)), isValid: () => this.#use(token.id) };
  }

  #use(id: string): boolean {
    const nowMs = this.#clock.nowMs();
    const token = this.#tokens.get(id);
    if (!token || !isInForce(token, nowMs)) return false;
    this.#tokens.set(id, { ...token, lastUsedAt: new Date(nowMs).toISOString() });
    this.#used = true;
    return true;
  }

  #teamsOf({ kind, name }: Token): string[] {
    const named = [`${kind}:${name}`, ...(kind === 'user' ? [name] : [])];
    return this.#teams.filter(({ members }) => members.some((one) => named.includes(one))).map((t) => t.name);
  }

  #make(owner: TokenOwner, expiresMs: number | undefined): GivenToken & { changed: readonly Token[] } {
    const same = [...this.#tokens.values()].find((other) => signInName(other) === signInName(owner));
    const times = { nowMs: this.#clock.nowMs(), expiresMs };
    const { token, text } = makeToken(owner, times, same?.scram.salt);
    return { token: tokenInfo(token), text, changed: [token] };
  }

  #find(id: string): Token {
    const token = this.#tokens.get(id);
    if (!token)
      throw new WharfError('TOKEN_UNKNOWN', `There is no token with the id "${id}".`, {
        hint: 'wharf token list shows all of them.',
      });
    if (isInForce(token, this.#clock.nowMs())) return token;
    throw new WharfError('TOKEN_ENDED', `The token "${id}" of ${token.name} has ended already.`, {
      hint: `Make another: wharf token create --for ${signInName(token)}`,
    });
  }

  #revoked(token: Token): Token {
    return { ...token, revokedAt: new Date(this.#clock.nowMs()).toISOString() };
  }

  /** One change at a time: it counts once it is on disk. */
  #change<T>(make: () => T & { readonly changed: readonly Token[] }): Promise<Omit<T, 'changed'>> {
    const done = this.#writing.then(async () => {
      const { changed, ...answer } = make();
      const next = new Map(this.#tokens);
      for (const token of changed) next.set(token.id, token);
      await this.#write([...next.values()]);
      for (const token of changed) this.#tokens.set(token.id, token);
      return answer;
    });
    this.#writing = done.catch(() => undefined);
    return done;
  }

  #write(tokens: readonly Token[]): Promise<void> {
    return writeFileAtomically(this.#file, `${JSON.stringify({ format: FORMAT, tokens }, undefined, 1)}\n`);
  }
}

function signInName({ kind, name }: Pick<TokenOwner, 'kind' | 'name'>): string {
  return kind === 'service' ? `service:${name}` : name;
}

async function readTokens(file: string): Promise<readonly Token[] | undefined> {
  try {
    const { format, tokens } = JSON.parse(await readFile(file, 'utf8'));
    if (format !== FORMAT || !Array.isArray(tokens)) throw new Error(`its format is "${format}"`);
    return tokens as readonly Token[];
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new WharfError('TOKENS_UNREADABLE', `The tokens in "${file}" cannot be read.`, {
      hint: 'Put it back from a backup; without the file, everybody needs a new token.',
      cause,
    });
  }
}
