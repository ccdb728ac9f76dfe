/**
 * The chain of the audit: each entry holds the hash of itself and of the one before, so that none can be changed, taken out or put in
 * without all later ones changing. Whoever keeps a hash elsewhere can tell later that nothing before it changed.
 */
import { createHash } from 'node:crypto';

/** What happened, before it has its place in the chain. */
export interface AuditFact {
  readonly principal: string;
  readonly action: string;
  readonly product: string;
  readonly port: string | null;
  readonly position: number | null;
  readonly purpose: string | null;
  readonly rows: number | null;
  readonly detail: string | null;
}

export interface AuditEntry extends AuditFact {
  /** From 1, without gaps. */
  readonly number: number;
  /** ISO 8601, milliseconds. */
  readonly at: string;
  readonly previous: string;
  readonly hash: string;
}

/** Where the chain ends. */
export interface ChainEnd {
  readonly number: number;
  readonly hash: string;
}

export const CHAIN_START: ChainEnd = { number: 0, hash: '0'.repeat(64) };

export function chained(fact: AuditFact, before: ChainEnd, nowMs: number): AuditEntry {
  const at = new Date(nowMs).toISOString();
  const entry = { ...fact, number: before.number + 1, at, previous: before.hash };
  return { ...entry, hash: hashOf(entry) };
}

/** What is wrong with an entry that follows `before`, as a sentence; undefined when nothing is. */
export function chainProblem(entry: AuditEntry, before: ChainEnd): string | undefined {
  if (entry.number !== before.number + 1)
    return `Entry ${before.number + 1} is missing; ${entry.number} comes after ${before.number}.`;
  if (entry.previous !== before.hash) return `Entry ${entry.number} does not follow the entry before it.`;
  if (entry.hash !== hashOf(entry)) return `Entry ${entry.number} is not what was written.`;
  return undefined;
}

/** Over values, not over text, so that it does not matter in which form they were kept. */
function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  const { number, at, principal, action, product, port, position, purpose, rows, detail, previous } = entry;
  const values = [number, Date.parse(at), principal, action, product, port, position, purpose, rows, detail];
  return createHash('sha256')
    .update(JSON.stringify([...values, previous]))
    .digest('hex');
}
