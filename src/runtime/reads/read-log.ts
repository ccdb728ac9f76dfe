import type { AuditLog } from '../access/audit-log.ts';
import type { Reading, ReadObserver } from './reading.ts';
import type { UsageMeter } from './usage-meter.ts';

/**
 * What is done about everything that is read: it is counted, and of products that not everybody may read it is audited, before anything
 * is given. What anybody may read is not audited: it would tell of nobody, and cost every page a write to disk.
 */
export class ReadLog implements ReadObserver {
  readonly #usage: UsageMeter;
  readonly #audit: AuditLog;
  readonly #isAudited: (product: string) => boolean;

  constructor(usage: UsageMeter, audit: AuditLog, isAudited: (product: string) => boolean) {
    this.#usage = usage;
    this.#audit = audit;
    this.#isAudited = isAudited;
  }

  /** Throws AUDIT_UNAVAILABLE. */
  async read(reading: Reading): Promise<void> {
    if (this.#isAudited(reading.product)) {
      const { consumer, product, port, position, rows } = reading;
      const fact = { principal: consumer, action: 'read', product, port, position, rows };
      await this.#audit.write({ ...fact, purpose: reading.purpose ?? null, detail: null });
    }
    this.#usage.read(reading);
  }

  more(reading: Reading, rows: number): void {
    this.#usage.more(reading, rows);
  }
}
