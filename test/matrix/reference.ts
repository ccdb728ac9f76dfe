/** The rules of access once more, written from their description alone: it shares no code with what it judges. */
import { createHash } from 'node:crypto';
import type { Resource, Row, Rule, Subject } from './model.ts';

export type Expected =
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused' }
  /** Rows as they are seen; `whole` where they are all, as they are. */
  | { readonly kind: 'given'; readonly rows: readonly Seen[]; readonly whole: boolean };

export type Seen = Readonly<Record<keyof Row, string | number | null>>;

const USUAL = ['discover', 'read', 'subscribe', 'export'];
const TODAY = new Date().toISOString().slice(0, 10);

/** What somebody gets who does this through this port (undefined where no port is). */
export function expected(resource: Resource, who: Subject, action: string, port?: string): Expected {
  if (!discovers(resource, who)) return { kind: 'absent' };
  if (!inScope(resource, who, action, port)) return { kind: 'refused' };
  if (isMaster(resource, who)) return { kind: 'given', rows: resource.rows.map(plain), whole: true };
  const meant = rulesOf(resource).filter((rule) => isMeant(rule, who));
  const denials = meant.filter((rule) => rule.effect === 'deny' && denies(rule, action, port));
  const grants = meant.filter((rule) => rule.effect === 'allow' && allows(rule, who, action, port));
  if (grants.length === 0 || denials.some(({ rows }) => rows === undefined)) return { kind: 'refused' };
  const seen = resource.rows.flatMap((row) => seenRow(row, who, grants, denials) ?? []);
  const whole =
    denials.length === 0 && grants.some((rule) => !rule.rows && Object.keys(rule.mask).length === 0);
  return { kind: 'given', rows: seen, whole };
}

/** Classed fields are masked by the mesh for whoever states no purpose, where a rule does not mask them itself. */
function rulesOf({ rules, isClassed }: Resource): readonly Rule[] {
  if (!isClassed) return rules;
  return rules.map((rule) =>
    rule.effect === 'allow' && rule.purpose === undefined
      ? { ...rule, mask: { note: { hash: true }, secret: null, ...rule.mask } }
      : rule,
  );
}

function discovers(resource: Resource, who: Subject): boolean {
  const { products } = who.scope ?? {};
  if (products && !products.includes(resource.name)) return false;
  if (isMaster(resource, who)) return true;
  const meant = resource.rules.filter((rule) => isMeant(rule, who));
  const denied = meant.some(
    ({ effect, rows, ports, actions }) =>
      effect === 'deny' && !rows && !ports && (!actions || actions.includes('discover')),
  );
  return !denied && meant.some(({ effect }) => effect === 'allow');
}

function inScope(
  { name }: Resource,
  { scope = {} }: Subject,
  action: string,
  port: string | undefined,
): boolean {
  if (scope.products && !scope.products.includes(name)) return false;
  if (scope.ports && (port === undefined || !scope.ports.includes(port))) return false;
  return !scope.actions || scope.actions.includes(action);
}

/** Who runs the platform, and the team that owns the product. */
function isMaster({ owner }: Resource, { kind, teams }: Subject): boolean {
  return kind === 'operator' || teams.includes(owner);
}

function isMeant({ who, until }: Rule, subject: Subject): boolean {
  if (until !== undefined && until < TODAY) return false;
  const names = ['anyone', `${subject.kind}:${subject.name}`, ...subject.teams.map((team) => `team:${team}`)];
  return who.some((one) => names.includes(one));
}

function allows(rule: Rule, who: Subject, action: string, port: string | undefined): boolean {
  const { ports, actions, purpose, rows, mask } = rule;
  const isLimited = ports || purpose || rows || Object.keys(mask).length > 0;
  const whatever = isLimited ? USUAL : [...USUAL, 'push', 'see-rejects'];
  if (!(actions ?? whatever).includes(action)) return false;
  if (ports && port !== undefined && !ports.includes(port)) return false;
  return purpose === undefined || purpose === who.purpose;
}

function denies({ ports, actions }: Rule, action: string, port: string | undefined): boolean {
  if (actions && !actions.includes(action)) return false;
  return !ports || (port !== undefined && ports.includes(port));
}

function seenRow(
  row: Row,
  who: Subject,
  grants: readonly Rule[],
  denials: readonly Rule[],
): Seen | undefined {
  // A denial hides what it may mean: a condition that is not known to be false.
  if (denials.some(({ rows }) => rows && rows.holds(row, who) !== false)) return undefined;
  const showing = grants.filter(({ rows }) => !rows || rows.holds(row, who) === true);
  if (showing.length === 0) return undefined;
  const seen: Record<string, string | number | null> = { ...plain(row) };
  for (const field of Object.keys(seen)) {
    const [first] = showing;
    const isPlain = showing.some(({ mask }) => !Object.hasOwn(mask, field));
    if (!isPlain && first) seen[field] = masked(row, field as keyof Row, first.mask[field]);
  }
  return seen as Seen;
}

function masked(row: Row, field: keyof Row, mask: unknown): string | number | null {
  if (mask === null || typeof mask !== 'object') return mask as string | number | null;
  const value = row[field];
  if ('sql' in mask) return row.region === null ? null : row.region.toUpperCase();
  if (value === null) return null;
  if ('hash' in mask) return createHash('sha256').update(String(value)).digest('hex');
  return String(value).slice(0, (mask as { first: number }).first);
}

function plain(row: Row): Seen {
  return { ...row };
}
