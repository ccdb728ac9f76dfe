/**
 * Writes the audit. Entries are numbered and chained in the order in which they are told, several to a commit; the end of the chain is a
 * cursor of that commit. Whoever is told that an entry was written may go on; whoever is not, must not.
 */

import {
  type AuditEntry,
  type AuditFact,
  CHAIN_START,
  type ChainEnd,
  chained,
  chainProblem,
} from '../../access/audit-chain.ts';
import { messageOf, WharfError } from '../../base/errors.ts';
import '../../access/errors.ts';
import { auditProduct } from '../../catalog/system/audit.ts';
import type { Append, CursorUpdate } from '../../journal/journal.ts';
import type { Services } from '../capture/services.ts';
import { builtInAppend } from '../catalog/built-in-append.ts';

const CHAIN_TASK = 'audit/chain';
/** Facts that wait for their commit. */
const WAITING_MAX = 10_000;
/** Entries that are read at once to be verified. */
const VERIFY_PAGE = 1_000;
const TEXT_MAX = 2_000;

/** What is committed with an entry: both are there, or neither. */
export interface AuditedChange {
  readonly appends?: readonly Append[];
  readonly cursors?: readonly CursorUpdate[];
}

interface Waiting {
  readonly fact: AuditFact;
  readonly change: AuditedChange;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

export interface AuditReport {
  readonly ok: boolean;
  readonly entries: number;
  /** The hash of the last entry: kept elsewhere, it proves later that nothing before it changed. */
  readonly hash: string;
  readonly problem: string | null;
}

export class AuditLog {
  readonly #services: Pick<Services, 'journal' | 'store' | 'clock' | 'log'>;
  #end: ChainEnd;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  constructor(services: Pick<Services, 'journal' | 'store' | 'clock' | 'log'>) {
    this.#services = services;
    this.#end = (services.journal.cursor(CHAIN_TASK) as ChainEnd | undefined) ?? CHAIN_START;
  }

  /** Resolves once the entry is on disk. Throws AUDIT_UNAVAILABLE; then nothing of it is there. */
  write(fact: AuditFact, change: AuditedChange = {}): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX)
      return Promise.reject(unavailable('too many entries wait to be written'));
    return new Promise((written, failed) => {
      this.#waiting.push({ fact: clean(fact), change, written, failed });
      this.#writing ??= this.#writeAll().finally(() => {
        this.#writing = undefined;
      });
    });
  }

  async close(): Promise<void> {
    await this.#writing;
  }

  /** Reads the whole chain again. `known`: a hash that was kept elsewhere and must be in it. */
  async verify(known?: string): Promise<AuditReport> {
    const { journal, store } = this.#services;
    const wanted = this.#end;
    const head = journal.head(auditProduct.id);
    let end = CHAIN_START;
    let isKnownFound = known === undefined || known === CHAIN_START.hash;
    for (let next = 1; next <= head; ) {
      const records = await store.history(auditProduct.id, next, head, VERIFY_PAGE);
      if (records.length === 0) break;
      for (const { document } of records) {
        const entry = JSON.parse(document) as AuditEntry | null;
        const problem = entry ? chainProblem(entry, end) : `Entry ${end.number + 1} was deleted.`;
        if (!entry || problem !== undefined) return report(end, problem ?? null);
        end = { number: entry.number, hash: entry.hash };
        isKnownFound ||= entry.hash === known;
        if (end.number === wanted.number) break;
      }
      if (end.number >= wanted.number) break;
      next = (records.at(-1)?.position ?? head) + 1;
    }
    if (end.number !== wanted.number || end.hash !== wanted.hash)
      return report(end, `The chain ends with entry ${end.number}; ${wanted.number} were written.`);
    return report(end, isKnownFound ? null : `No entry has the hash "${known}".`);
  }

  async #writeAll(): Promise<void> {
    // What is told in the same turn shares the first commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await this.#commit(batch);
        for (const { written } of batch) written();
      } catch (error) {
        this.#services.log.error(`The audit could not be written: ${messageOf(error)}`);
        for (const { failed } of batch) failed(unavailable(messageOf(error), error));
      }
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const nowMs = this.#services.clock.nowMs();
    let end = this.#end;
    const entries = batch.map(({ fact }) => {
      const entry = chained(fact, end, nowMs);
      end = { number: entry.number, hash: entry.hash };
      return entry;
    });
    await this.#services.journal.commit({
      appends: [builtInAppend(auditProduct, entries), ...batch.flatMap(({ change }) => change.appends ?? [])],
      cursors: [{ task: CHAIN_TASK, value: end }, ...batch.flatMap(({ change }) => change.cursors ?? [])],
    });
    this.#end = end;
  }
}

function report({ number, hash }: ChainEnd, problem: string | null): AuditReport {
  return { ok: problem === null, entries: number, hash, problem };
}

/** No text column holds NUL or half of a character, and the hash is of what is kept. */
function clean(fact: AuditFact): AuditFact {
  const text = (value: string) => value.slice(0, TEXT_MAX).toWellFormed().replaceAll('\u0000', '\uFFFD');
  return {
    ...fact,
    principal: text(fact.principal),
    product: text(fact.product),
    purpose: fact.purpose === null ? null : text(fact.purpose),
    detail: fact.detail === null ? null : text(fact.detail),
  };
}

function unavailable(reason: string, cause?: unknown): WharfError {
  return new WharfError('AUDIT_UNAVAILABLE', `The audit cannot be written: ${reason}.`, {
    hint: 'What must be audited is refused until it can be; wharf doctor looks at the disk.',
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
