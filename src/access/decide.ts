/**
 * The one decision: may this principal do this with this product, through this port, and what does it then see.
 *
 * Nothing is allowed but by a rule. What several rules allow adds up: a row is seen when any of them shows it, and a field of it as it is when
 * any of those leaves it as it is. A `deny` wins over all of them; with `rows`, it hides these rows alone.
 *
 * Who may do anything with a product may discover it, whatever the purpose; who may not discover it may do nothing with it.
 */
import type { AccessRule } from '../spec/model.ts';
import { type Action, isMeant, type Principal } from './principal.ts';

/** What the decision must know of a product. */
export interface Guarded {
  /** `flights.departures@1`. */
  readonly id: string;
  /** `flights.departures`. */
  readonly name: string;
  /** The team that answers for it: it may do everything. */
  readonly owner: string;
  readonly access: readonly AccessRule[];
}

export interface Ask {
  readonly principal: Principal;
  readonly action: Action;
  /** Where it is asked; undefined where no port is: then rules for single ports count, too. */
  readonly port: string | undefined;
  readonly purpose?: string | undefined;
  readonly nowMs: number;
}

/** What a rule shows: these rows, with these fields replaced. */
export interface Showing {
  readonly rows: string | undefined;
  readonly mask: Readonly<Record<string, unknown>>;
}

export type Sight =
  | { readonly kind: 'all' }
  /** What any of `shown` shows, without the rows that meet one of the conditions in `hidden`. */
  | { readonly kind: 'part'; readonly shown: readonly Showing[]; readonly hidden: readonly string[] };

export type Decision = { readonly allowed: false } | { readonly allowed: true; readonly sight: Sight };

const REFUSED: Decision = { allowed: false };
const EVERYTHING: Decision = { allowed: true, sight: { kind: 'all' } };

/** What a rule without `actions` is about. */
const READING: readonly Action[] = ['discover', 'read', 'subscribe', 'export'];
/** The same of a rule that limits nothing: everything but the running of the product. */
const USING: readonly Action[] = [...READING, 'push', 'see-rejects'];

/** `granted` are rules besides the product's own, such as those of agreements. */
export function decide(product: Guarded, ask: Ask, granted: readonly AccessRule[] = []): Decision {
  const { principal } = ask;
  if (!isInScope(product, ask)) return REFUSED;
  if (principal.kind === 'operator' || principal.teams.includes(product.owner)) return EVERYTHING;
  const rules = [...product.access, ...granted].filter((rule) => applies(rule, ask));
  const denying = rules.filter((rule) => rule.effect === 'deny');
  const allowing = rules.filter((rule) => rule.effect === 'allow');
  if (allowing.length === 0 || denying.some((rule) => rule.rows === undefined)) return REFUSED;
  const hidden = denying.flatMap((rule) => rule.rows ?? []);
  const shown = allowing.map(({ rows, mask }) => ({ rows, mask }));
  const isWhole = shown.some(({ rows, mask }) => rows === undefined && Object.keys(mask).length === 0);
  return isWhole && hidden.length === 0
    ? EVERYTHING
    : { allowed: true, sight: { kind: 'part', shown, hidden } };
}

function applies(rule: AccessRule, ask: Ask): boolean {
  return (
    rule.who.some((who) => isMeant(who, ask.principal)) &&
    (rule.until === undefined || ask.nowMs < endOfDayMs(rule.until)) &&
    (rule.effect === 'deny' ? denies(rule, ask) : allows(rule, ask))
  );
}

function allows({ ports, actions, purpose, ...rule }: AccessRule, { action, port, ...ask }: Ask): boolean {
  if (action === 'discover') return true;
  const isLimited = ports !== undefined || purpose !== undefined || showsPart(rule);
  return (
    (actions ?? (isLimited ? READING : USING)).includes(action) &&
    (ports === undefined || port === undefined || ports.includes(port)) &&
    (purpose === undefined || purpose === ask.purpose)
  );
}

/** A denial holds whatever somebody says that they want it for; one for single ports does not hold where no port is. */
function denies({ ports, actions }: AccessRule, { action, port }: Ask): boolean {
  return (
    (actions === undefined || actions.includes(action)) &&
    (ports === undefined || (port !== undefined && ports.includes(port)))
  );
}

function showsPart({ rows, mask }: Pick<AccessRule, 'rows' | 'mask'>): boolean {
  return rows !== undefined || Object.keys(mask).length > 0;
}

function isInScope(product: Guarded, { principal, action, port }: Ask): boolean {
  const { products, ports, actions } = principal.scope ?? {};
  return (
    (products === undefined || products.includes(product.name) || products.includes(product.id)) &&
    (ports === undefined || action === 'discover' || (port !== undefined && ports.includes(port))) &&
    (actions === undefined || action === 'discover' || actions.includes(action))
  );
}

/** `until` is the last day, in UTC. */
function endOfDayMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) + 86_400_000;
}
