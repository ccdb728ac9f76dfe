import { describe, expect, it } from 'vitest';
import {
  type AuditEntry,
  type AuditFact,
  CHAIN_START,
  type ChainEnd,
  chained,
  chainProblem,
} from './audit-chain.ts';

const FACT: AuditFact = {
  principal: 'user:ana',
  action: 'read',
  product: 'shop.items@1',
  port: 'rest',
  position: 7,
  purpose: 'To plan.',
  rows: 3,
  detail: null,
};

function chain(count: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  let end: ChainEnd = CHAIN_START;
  for (let i = 0; i < count; i++) {
    const entry = chained({ ...FACT, position: i }, end, 1_700_000_000_000 + i);
    entries.push(entry);
    end = entry;
  }
  return entries;
}

function problemOf(entries: readonly AuditEntry[]): string | undefined {
  let end: ChainEnd = CHAIN_START;
  for (const entry of entries) {
    const problem = chainProblem(entry, end);
    if (problem !== undefined) return problem;
    end = entry;
  }
  return undefined;
}

describe('the chain of the audit', () => {
  it('holds as it was written, whatever the form in which the time was kept', () => {
    expect(problemOf(chain(5))).toBeUndefined();
    expect(
      problemOf(chain(5).map((entry) => ({ ...entry, at: entry.at.replace('Z', '+00:00') }))),
    ).toBeUndefined();
  });

  it.each(Object.keys(FACT) as (keyof AuditFact)[])('shows that %s was changed', (name) => {
    const entries = chain(5).map((entry, i) =>
      i === 2 ? { ...entry, [name]: i === 2 ? 'x' : entry[name] } : entry,
    );
    expect(problemOf(entries)).toBe('Entry 3 is not what was written.');
  });

  it('shows that entries were taken out, put in, or written anew', () => {
    const entries = chain(5);
    expect(problemOf(entries.filter((_, i) => i !== 2))).toContain('Entry 3 is missing');
    expect(problemOf([...entries.slice(0, 2), ...entries.slice(1)])).toContain('2 comes after 2');
    const second = entries[1] as AuditEntry;
    const anew = chained({ ...FACT, rows: 0 }, second, Date.parse(second.at));
    expect(problemOf([...entries.slice(0, 2), anew, ...entries.slice(3)])).toBe(
      'Entry 4 does not follow the entry before it.',
    );
  });
});
