/** Who asks. Made in one place, where a request or a connection signs in; everybody else only passes it on. */

export type PrincipalKind = 'anyone' | 'user' | 'service' | 'product' | 'delivery' | 'operator';

export interface Principal {
  /** `anyone` has not said who they are; `operator` runs this platform, and may do everything. */
  readonly kind: PrincipalKind;
  /** `ana`, or for a product its id without the version; empty for `anyone`. */
  readonly name: string;
  readonly teams: readonly string[];
  /** What an access rule's condition may ask for by `principal.attributes['...']`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What a token is limited to; undefined: to nothing but its owner's own access. */
  readonly scope?: TokenScope;
}

/** Each limits only where it is given; who is limited to ports does nothing without one. What is limited may still be discovered. */
export interface TokenScope {
  readonly products?: readonly string[];
  readonly ports?: readonly string[];
  readonly actions?: readonly Action[];
}

export const ACTIONS = ['discover', 'read', 'subscribe', 'export', 'push', 'see-rejects', 'manage'] as const;
export type Action = (typeof ACTIONS)[number];

export const ANYONE: Principal = { kind: 'anyone', name: '', teams: [], attributes: {} };
export const OPERATOR: Principal = { kind: 'operator', name: 'operator', teams: [], attributes: {} };

/** As access rules write it: `user:ana`; who has the secret of the data folder is `operator`. */
export function principalText({ kind, name }: Principal): string {
  return kind === 'anyone' || kind === name ? kind : `${kind}:${name}`;
}

/** True when a rule's `team:planning`, `user:ana` or `anyone` means this principal. */
export function isMeant(who: string, principal: Principal): boolean {
  if (who === 'anyone') return true;
  const at = who.indexOf(':');
  const [kind, name] = [who.slice(0, at), who.slice(at + 1)];
  return kind === 'team'
    ? principal.teams.includes(name)
    : principal.kind === kind && principal.name === name;
}
