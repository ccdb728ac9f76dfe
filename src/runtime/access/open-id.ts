/**
 * People who come with a token of an OpenID Connect issuer: a JWT, signed with one of the keys that the mesh names. Nothing in a token says where its
 * key is, which algorithms are good, or who may sign: that is what the mesh says.
 */
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { SYSTEM_OWNER } from '../../catalog/system/built-in-product.ts';
import type { Mesh, SignIn } from '../../spec/model.ts';
import type { Asker } from './asker.ts';

/** Longer ones are not looked at. */
const TOKEN_LENGTH_MAX = 8 * 1024;
const GROUPS_MAX = 200;
const CLOCK_TOLERANCE_S = 30;
const JWT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/;

export interface OpenIdParts {
  readonly clock: Clock;
  readonly log: Log;
}

export class OpenId {
  readonly #signIn: SignIn;
  readonly #teams: Mesh['teams'];
  readonly #parts: OpenIdParts;
  readonly #keys: JWTVerifyGetKey;

  constructor(signIn: SignIn, teams: Mesh['teams'], parts: OpenIdParts) {
    this.#signIn = signIn;
    this.#teams = teams;
    this.#parts = parts;
    this.#keys = createRemoteJWKSet(new URL(signIn.jwks));
  }

  /** Who has this token; undefined when it is not a good one, or its keys cannot be had. */
  async holderOf(text: string): Promise<Asker | undefined> {
    if (text.length > TOKEN_LENGTH_MAX || !JWT.test(text)) return undefined;
    const { issuer, audience, algorithms, nameClaim } = this.#signIn;
    const claims = await this.#verified(text, {
      issuer,
      audience,
      algorithms: [...algorithms],
      requiredClaims: ['exp', nameClaim],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(this.#parts.clock.nowMs()),
    });
    const name = claims?.[nameClaim];
    if (!claims || typeof name !== 'string' || !NAME.test(name)) return undefined;
    const endMs = ((claims.exp ?? 0) + CLOCK_TOLERANCE_S) * 1_000;
    return {
      principal: { kind: 'user', name, teams: this.#teamsOf(name, claims), attributes: {} },
      isValid: () => this.#parts.clock.nowMs() < endMs,
    };
  }

  async #verified(text: string, options: Parameters<typeof jwtVerify>[2]): Promise<JWTPayload | undefined> {
    try {
      return (await jwtVerify(text, this.#keys, options)).payload;
    } catch (error) {
      // Whatever is wrong with a token, its bearer is told the same. That its keys cannot be had is no fault of theirs.
      if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout)
        this.#parts.log.warn(`The keys of "${this.#signIn.issuer}" cannot be had: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Those of its groups that are teams here, and those that the mesh says. Nobody is made one of the platform by a group. */
  #teamsOf(name: string, claims: JWTPayload): string[] {
    const groups = claims[this.#signIn.groupsClaim];
    const given = Array.isArray(groups) ? groups.slice(0, GROUPS_MAX).map(String) : [];
    const listed = this.#teams.map((team) => team.name);
    const good = given.filter((group) => (listed.length === 0 ? NAME.test(group) : listed.includes(group)));
    const said = this.#teams.filter(({ members }) =>
      members.some((one) => [name, `user:${name}`].includes(one)),
    );
    const all = new Set([...good, ...said.map((team) => team.name)]);
    all.delete(SYSTEM_OWNER);
    return [...all].sort();
  }
}
