/**
 * Requests and agreements: kept as records of `system.agreements`, each change in one commit, and told to both sides. One change of an
 * agreement at a time.
 */

import {
  type Agreement,
  approve,
  end,
  endAfterLastDay,
  type Grant,
  grantOf,
  isInForce,
  type RequestForUse,
  refuse,
  requestOf,
} from '../../access/agreement.ts';
import { messageOf, WharfError } from '../../base/errors.ts';
import { randomName } from '../../base/random.ts';
import '../../access/errors.ts';
import { agreementsProduct } from '../../catalog/system/agreements.ts';
import { ROWS_LIMIT_MAX, type RowsQuery } from '../../schema/rows-query.ts';
import type { AccessRule, Product } from '../../spec/model.ts';
import type { Services } from '../capture/services.ts';
import { builtInAppend } from '../catalog/built-in-append.ts';
import type { AlertService } from '../quality/alert-service.ts';
import type { AuditLog } from './audit-log.ts';

export type { Agreement };

/** Requests for one product that wait for an answer. */
const WAITING_MAX = 100;
/** How often it is looked for agreements whose last day is over. */
const SWEEP_MS = 60_000;

const NO_RULES: readonly AccessRule[] = [];

type Parts = Pick<Services, 'journal' | 'store' | 'clock' | 'log'>;

export class AgreementService {
  readonly #services: Parts;
  readonly #products: ReadonlyMap<string, Product>;
  readonly #alerts: AlertService;
  readonly #audit: AuditLog;
  readonly #stop = new AbortController();
  readonly #known = new Map<string, Agreement>();
  /** By product, of agreements that were approved and may still be in force. */
  readonly #granted = new Map<
    string,
    Map<string, { readonly agreement: Agreement; readonly rule: AccessRule }>
  >();
  #version = 0;
  #opened: Promise<void> | undefined;
  #changing: Promise<unknown> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();

  constructor(
    services: Parts,
    parts: {
      readonly products: ReadonlyMap<string, Product>;
      readonly alerts: AlertService;
      readonly audit: AuditLog;
    },
  ) {
    this.#services = services;
    this.#products = parts.products;
    this.#alerts = parts.alerts;
    this.#audit = parts.audit;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running;
    await this.#changing;
  }

  /** The newest first. */
  async list(product?: string): Promise<Agreement[]> {
    await this.#open();
    const all = [...this.#known.values()].filter((one) => product === undefined || one.product === product);
    return all.sort((a, b) => (a.requested_at < b.requested_at ? 1 : -1));
  }

  /** Resolves once all are known. Until then they grant nothing. Throws what reading throws. */
  ready(): Promise<void> {
    return this.#open();
  }

  /** Another one after each change. What they grant follows from it and from the day. */
  get version(): number {
    return this.#version;
  }

  /** The rules of access that agreements on this product are just now. */
  grants({ id }: Pick<Product, 'id'>): readonly AccessRule[] {
    const granted = this.#granted.get(id);
    if (!granted) return NO_RULES;
    const nowMs = this.#services.clock.nowMs();
    return [...granted.values()].flatMap(({ agreement, rule }) =>
      isInForce(agreement, nowMs) ? [rule] : [],
    );
  }

  /** `by` asks, for whomever. Throws REQUEST_FOR_USE_INVALID, REQUESTS_FULL. */
  request(product: Product, asked: RequestForUse, by: string): Promise<Agreement> {
    return this.#change(async (nowMs) => {
      const request = requestOf(product, asked, { id: randomName(), nowMs });
      const waiting = [...this.#known.values()].filter(
        (one) => one.product === product.id && one.status === 'requested',
      );
      if (waiting.length >= WAITING_MAX)
        throw new WharfError(
          'REQUESTS_FULL',
          `${waiting.length} requests for ${product.id} wait for an answer.`,
          {
            hint: 'Ask again when some of them were answered.',
            retryable: true,
          },
        );
      return this.#write(request, by, 'request');
    });
  }

  /** Throws AGREEMENT_UNKNOWN, AGREEMENT_DECIDED, REQUEST_FOR_USE_INVALID, AUDIT_UNAVAILABLE. */
  approve(product: string, id: string, grant: Grant, by: string): Promise<Agreement> {
    return this.#change((nowMs) =>
      this.#write(approve(this.#find(product, id), grant, by, nowMs), by, 'approve'),
    );
  }

  refuse(product: string, id: string, reason: string, by: string): Promise<Agreement> {
    return this.#change((nowMs) =>
      this.#write(refuse(this.#find(product, id), reason, by, nowMs), by, 'refuse'),
    );
  }

  end(product: string, id: string, reason: string, by: string): Promise<Agreement> {
    return this.#change((nowMs) => this.#write(end(this.#find(product, id), reason, nowMs), by, 'end'));
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#sweep();
      } catch (error) {
        this.#services.log.error(
          `Agreements were not ended, and are with the next look: ${messageOf(error)}`,
        );
      }
      await this.#services.clock.sleep(SWEEP_MS, this.#stop.signal).catch(() => undefined);
    }
  }

  /** Writes down which agreements have ended by themselves, and tells. */
  async #sweep(): Promise<void> {
    await this.#open();
    const over = () =>
      [...this.#known.values()].flatMap((one) => endAfterLastDay(one, this.#services.clock.nowMs()) ?? []);
    if (over().length === 0) return;
    await this.#change(async () => {
      for (const one of over()) await this.#write(one, 'wharf', 'end');
    });
  }

  #change<T>(work: (nowMs: number) => Promise<T>): Promise<T> {
    const changed = this.#changing.then(async () => {
      await this.#open();
      return work(this.#services.clock.nowMs());
    });
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  /** The change, its entry in the audit and the messages to both sides are one commit. */
  async #write(agreement: Agreement, by: string, action: string): Promise<Agreement> {
    const { id, product: productId, consumer, status, purpose, until, reason, contact } = agreement;
    const detail = JSON.stringify({ agreement: id, consumer, status, until, reason });
    const nowhere = { port: null, position: null, rows: null };
    const fact = {
      principal: by,
      action: `agreement.${action}`,
      product: productId,
      purpose,
      detail,
      ...nowhere,
    };
    const product = this.#products.get(productId);
    await this.#audit.write(fact, {
      appends: [builtInAppend(agreementsProduct, [agreement])],
      cursors: product ? this.#alerts.announcing(product, 'agreement', sentence(agreement), contact) : [],
    });
    this.#keep(agreement);
    this.#alerts.wake();
    return agreement;
  }

  #keep(agreement: Agreement): void {
    const { id, status } = agreement;
    this.#known.set(id, agreement);
    this.#version += 1;
    const granted = this.#granted.get(agreement.product) ?? new Map();
    const product = this.#products.get(agreement.product);
    if (status === 'approved' && product) granted.set(id, { agreement, rule: grantOf(agreement, product) });
    else granted.delete(id);
    this.#granted.set(agreement.product, granted);
  }

  #find(product: string, id: string): Agreement {
    const found = this.#known.get(id);
    if (found?.product === product) return found;
    throw new WharfError('AGREEMENT_UNKNOWN', `${product} has no request or agreement "${id}".`, {
      hint: `List them with: wharf agreements ${product}`,
    });
  }

  #open(): Promise<void> {
    this.#opened ??= this.#read().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #read(): Promise<void> {
    const { journal, store } = this.#services;
    const { id, datasets } = agreementsProduct;
    const head = journal.head(id);
    if (head === 0) return;
    const query: RowsQuery = { order: [], limit: ROWS_LIMIT_MAX };
    for (let after: RowsQuery['after']; ; ) {
      const page = await store.rows(id, datasets[0].name, head, after ? { ...query, after } : query);
      for (const row of page.rows) {
        this.#keep(JSON.parse(row) as Agreement);
      }
      if (!page.next) return;
      after = page.next;
    }
  }
}

function sentence({ consumer, purpose, status, until, reason, ports, fields }: Agreement): string {
  const part = [
    ports.length === 0 ? '' : ` through ${ports.join(', ')}`,
    fields.length === 0 ? '' : `, of ${fields.join(', ')}`,
  ].join('');
  const why = reason === null ? '' : ` ${reason}`;
  switch (status) {
    case 'requested':
      return `${consumer} asks to use it${part} until ${until}, for: ${purpose}`;
    case 'approved':
      return `${consumer} may use it${part} until ${until}, for: ${purpose}.${why}`;
    case 'refused':
      return `${consumer} may not use it.${why}`;
    case 'ended':
      return `The agreement with ${consumer} has ended.${why}`;
  }
}
