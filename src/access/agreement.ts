/**
 * Agreements: what a consumer asked for and an owner granted. Pure: a request becomes an agreement or is refused, an agreement ends.
 *
 *     requested -> approved -> ended
 *               -> refused
 *
 * Whether an agreement is in force follows from its last day and the time alone, so it ends by itself, whoever writes that down when.
 */
import { WharfError } from '../base/errors.ts';
import type { AccessRule, Product, SpecPlace } from '../spec/model.ts';
import './errors.ts';

export interface Agreement {
  readonly id: string;
  readonly product: string;
  readonly consumer: string;
  readonly contact: string | null;
  readonly status: 'requested' | 'approved' | 'refused' | 'ended';
  /** All when empty. */
  readonly ports: readonly string[];
  /** All when empty. */
  readonly fields: readonly string[];
  readonly purpose: string;
  /** ISO date: the last day, UTC. */
  readonly until: string;
  readonly requested_at: string;
  readonly decided_at: string | null;
  readonly decided_by: string | null;
  readonly reason: string | null;
  readonly ended_at: string | null;
}

export interface RequestForUse {
  readonly consumer: string;
  readonly contact: string | null;
  readonly ports: readonly string[];
  readonly fields: readonly string[];
  readonly purpose: string;
  readonly until: string;
}

/** What is granted of a request; left out is what was asked for. */
export interface Grant {
  readonly ports?: readonly string[];
  readonly fields?: readonly string[];
  readonly until?: string;
  readonly reason?: string;
}

const DAY_MS = 86_400_000;
const TEXT_MAX = 1_000;
/** Nobody can say what will be in a longer time. */
const DAYS_MAX = 3 * 366;
const CONSUMER = /^(team|user|service|product):[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/;
const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Throws REQUEST_FOR_USE_INVALID. */
export function requestOf(
  product: Product,
  asked: RequestForUse,
  { id, nowMs }: { readonly id: string; readonly nowMs: number },
): Agreement {
  if (!CONSUMER.test(asked.consumer))
    throw invalid(`"${asked.consumer}" is not a consumer.`, 'Name one such as user:ana or team:planning.');
  if (asked.contact !== null && !ADDRESS.test(asked.contact))
    throw invalid(`"${asked.contact}" is not a mail address.`, 'Write one such as ana@example.com.');
  if (asked.purpose.trim() === '' || asked.purpose.length > TEXT_MAX)
    throw invalid(`A purpose has 1 to ${TEXT_MAX} characters.`, 'Say what the data is used for.');
  checkPorts(product, asked.ports);
  checkFields(product, asked.fields);
  checkUntil(asked.until, nowMs);
  return {
    id,
    product: product.id,
    ...asked,
    purpose: asked.purpose.trim(),
    status: 'requested',
    requested_at: new Date(nowMs).toISOString(),
    decided_at: null,
    decided_by: null,
    reason: null,
    ended_at: null,
  };
}

/** No more than was asked for. Throws AGREEMENT_DECIDED, REQUEST_FOR_USE_INVALID. */
export function approve(agreement: Agreement, grant: Grant, by: string, nowMs: number): Agreement {
  checkOpen(agreement);
  const { ports = agreement.ports, fields = agreement.fields, until = agreement.until } = grant;
  checkPart('port', agreement.ports, ports);
  checkPart('field', agreement.fields, fields);
  checkUntil(until, nowMs);
  if (until > agreement.until)
    throw invalid(
      `"${until}" is later than "${agreement.until}", which was asked for.`,
      'Grant no more than that.',
    );
  const reason = textOrNull(grant.reason);
  return { ...agreement, ...decided(by, nowMs), status: 'approved', ports, fields, until, reason };
}

/** Throws AGREEMENT_DECIDED, REQUEST_FOR_USE_INVALID. */
export function refuse(agreement: Agreement, reason: string, by: string, nowMs: number): Agreement {
  checkOpen(agreement);
  return { ...agreement, ...decided(by, nowMs), status: 'refused', reason: neededText(reason) };
}

/** Before its last day. Throws AGREEMENT_DECIDED, REQUEST_FOR_USE_INVALID. */
export function end(agreement: Agreement, reason: string, nowMs: number): Agreement {
  if (!isInForce(agreement, nowMs))
    throw new WharfError('AGREEMENT_DECIDED', `The agreement "${agreement.id}" is not in force.`, {
      hint: 'Only what is in force can be ended.',
    });
  return ended(agreement, neededText(reason), nowMs);
}

/** By itself, after its last day; undefined while that has not come, or when it is no agreement. */
export function endAfterLastDay(agreement: Agreement, nowMs: number): Agreement | undefined {
  if (agreement.status !== 'approved' || isInForce(agreement, nowMs)) return undefined;
  return ended(agreement, `Its last day was ${agreement.until}.`, nowMs);
}

export function isInForce({ status, until }: Agreement, nowMs: number): boolean {
  return status === 'approved' && nowMs < Date.parse(until) + DAY_MS;
}

const NOWHERE: SpecPlace = { file: 'agreement', line: 1, column: 1 };

/** The rule of access that an agreement is: of a part of the fields, the others are null; those of the key, by which rows are told apart, are always part of it. */
export function grantOf(agreement: Agreement, product: Product): AccessRule {
  const { consumer, ports, fields, purpose, until } = agreement;
  const others = product.datasets
    .flatMap(({ fields: all, key }) =>
      all.filter(({ name }) => typeof key === 'string' || !key.includes(name)),
    )
    .filter(({ name }) => fields.length > 0 && !fields.includes(name));
  return {
    effect: 'allow',
    who: [consumer],
    ports: ports.length === 0 ? undefined : ports,
    actions: ['discover', 'read', 'subscribe', 'export'],
    rows: undefined,
    mask: Object.fromEntries(others.map(({ name }) => [name, null])),
    purpose,
    until,
    place: { ...NOWHERE, file: `agreement ${agreement.id}` },
  };
}

function ended(agreement: Agreement, reason: string, nowMs: number): Agreement {
  return { ...agreement, status: 'ended', reason, ended_at: new Date(nowMs).toISOString() };
}

function decided(by: string, nowMs: number) {
  return { decided_by: by, decided_at: new Date(nowMs).toISOString() };
}

function checkOpen({ id, status }: Agreement): void {
  if (status === 'requested') return;
  throw new WharfError('AGREEMENT_DECIDED', `The request "${id}" was already answered: it is ${status}.`, {
    hint: 'Only a request that waits can be answered.',
  });
}

function checkPorts(product: Product, ports: readonly string[]): void {
  const known = product.outputs.map(({ port }) => port);
  const unknown = ports.find((port) => !known.includes(port));
  if (unknown !== undefined)
    throw invalid(`${product.id} has no port "${unknown}".`, `It has: ${known.join(', ')}.`);
}

function checkFields(product: Product, fields: readonly string[]): void {
  const known = new Set(product.datasets.flatMap((dataset) => dataset.fields.map(({ name }) => name)));
  const unknown = fields.find((field) => !known.has(field));
  if (unknown !== undefined)
    throw invalid(`${product.id} has no field "${unknown}".`, `It has: ${[...known].join(', ')}.`);
}

/** An empty list means all. */
function checkPart(what: string, asked: readonly string[], granted: readonly string[]): void {
  const more = asked.length === 0 ? undefined : granted.find((one) => !asked.includes(one));
  if (more !== undefined || (asked.length > 0 && granted.length === 0))
    throw invalid(`The ${what} "${more ?? 'all'}" was not asked for.`, `Asked for: ${asked.join(', ')}.`);
}

function checkUntil(until: string, nowMs: number): void {
  const ms = DATE.test(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(ms)) throw invalid(`"${until}" is not a date.`, 'Write it as 2027-01-31.');
  if (nowMs >= ms + DAY_MS) throw invalid(`"${until}" is past.`, 'Name a day to come.');
  if (ms > nowMs + DAYS_MAX * DAY_MS)
    throw invalid(
      `"${until}" is more than ${DAYS_MAX} days away.`,
      'Name an earlier day, and ask again then.',
    );
}

function neededText(text: string): string {
  const trimmed = text.trim();
  if (trimmed !== '' && trimmed.length <= TEXT_MAX) return trimmed;
  throw invalid(`A reason has 1 to ${TEXT_MAX} characters.`, 'Say why: both sides read it.');
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : neededText(text);
}

function invalid(message: string, hint: string): WharfError {
  return new WharfError('REQUEST_FOR_USE_INVALID', message, { hint });
}
