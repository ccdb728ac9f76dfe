import type { TokenInfo } from '../../../src/access/token.ts';
import type { Tone } from '../base/parts.tsx';

export type TokenState = 'in force' | 'expired' | 'revoked';

export const TOKEN_TONES: Readonly<Record<TokenState, Tone>> = {
  'in force': 'good',
  expired: 'none',
  revoked: 'none',
};

export function tokenState({ revokedAt, expiresAt }: TokenInfo, nowMs: number): TokenState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs ? 'expired' : 'in force';
}

/** As access rules write it. */
export function ownerText({ kind, name }: Pick<TokenInfo, 'kind' | 'name'>): string {
  return kind === name ? kind : `${kind}:${name}`;
}

/** What it is limited to, in words; undefined when only by its owner's own access. */
export function scopeText({ scope }: TokenInfo): string | undefined {
  const parts = Object.entries(scope ?? {}).flatMap(
    ([what, names]: [string, readonly string[] | undefined]) =>
      names === undefined ? [] : [`${what}: ${names.join(', ')}`],
  );
  return parts.length === 0 ? undefined : parts.join('; ');
}
