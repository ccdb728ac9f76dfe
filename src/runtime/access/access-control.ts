/**
 * Who may do what, asked in one place: the decision (`access/decide.ts`) over the rules of the specs and the agreements of this moment, and what
 * follows of it for a reader. Whoever gives somebody something of a product has asked here before, and asks again while it goes on.
 */
import { createHash } from 'node:crypto';
import { type Decision, decide, type Sight } from '../../access/decide.ts';
import { lensOf } from '../../access/lens-of.ts';
import type { Action } from '../../access/principal.ts';
import type { Clock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import type { Dataset } from '../../schema/field.ts';
import { type Lens, lensId } from '../../schema/lens.ts';
import type { AccessRule, Product } from '../../spec/model.ts';
import '../../access/errors.ts';
import '../errors.ts';
import type { AgreementService } from './agreement-service.ts';
import type { Asker } from './asker.ts';
import { invalidToken } from './invalid-token.ts';
import { isOpen } from './is-open.ts';
import { systemLens, type ToldProducts } from './system-lens.ts';

const DAY_MS = 86_400_000;

/** What somebody may see of a product. */
export interface View {
  /** Views of the same name show the same; empty where anybody sees everything. */
  readonly sight: string;
  /** Undefined for a dataset of which everything is seen. */
  lensOf(dataset: string): Lens | undefined;
}

/** A view that is looked through for a while. */
export interface StandingView extends View {
  /** Throws UNAUTHENTICATED, ACCESS_CHANGED once it is not what is seen any more. */
  readonly check: () => void;
}

export interface AccessParts {
  /** Of the mesh, in the order of their ids. */
  readonly products: readonly Product[];
  readonly builtIns: readonly Product[];
  readonly agreements: Pick<AgreementService, 'grants' | 'version' | 'ready'>;
  readonly clock: Clock;
}

const OPEN: View = { sight: '', lensOf: () => undefined };
const WHOLE: View = { sight: 'all', lensOf: () => undefined };

export class AccessControl {
  readonly #parts: AccessParts;
  #open: ReadonlySet<string>;
  /** Rules that came after those of the specs that the platform began with. */
  #rules: ReadonlyMap<string, readonly AccessRule[]> = new Map();
  #rulesVersion = 0;
  readonly #builtIns: ReadonlySet<string>;

  constructor(parts: AccessParts) {
    this.#parts = parts;
    this.#open = this.#openProducts();
    this.#builtIns = new Set(parts.builtIns.map(({ id }) => id));
  }

  /** Resolves once agreements are known: before that, less is allowed than should be. Throws what reading them throws. */
  ready(): Promise<void> {
    return this.#parts.agreements.ready();
  }

  /** Rules of access in the place of those before; what is being given is looked at again. Returns the ids of products whose rules are others. */
  changeRules(products: readonly Product[]): readonly string[] {
    const changed = products.filter(
      (product) =>
        rulesText(product.access) !== rulesText(this.#rulesOf(product.id) ?? this.#declared(product.id)),
    );
    this.#rules = new Map(products.map(({ id, access }) => [id, access]));
    this.#open = this.#openProducts();
    this.#rulesVersion += 1;
    return changed.map(({ id }) => id);
  }

  /** True when anybody may read all of it. */
  isOpen(product: Pick<Product, 'id'>): boolean {
    return this.#open.has(product.id);
  }

  /** Whether somebody may know that it is there. */
  sees(product: Product, asker: Asker): boolean {
    return this.#decide(product, asker, 'discover').allowed;
  }

  /** Those of the mesh that somebody may know of. */
  seen(asker: Asker): readonly Product[] {
    return this.#parts.products.filter((product) => this.sees(product, asker));
  }

  allows(product: Product, asker: Asker, action: Action, port?: string): boolean {
    return this.sees(product, asker) && this.#decide(product, asker, action, port).allowed;
  }

  /** Whether somebody may do it with all rows and fields. */
  allowsAll(product: Product, asker: Asker, action: Action): boolean {
    const decision = this.#decide(product, asker, action);
    return decision.allowed && decision.sight.kind === 'all' && this.sees(product, asker);
  }

  /** Throws ACCESS_REFUSED unless somebody who sees the product may do this. Rejects are as they came: they are seen by who sees everything. */
  check(product: Product, asker: Asker, action: Action): void {
    const isAllowed =
      action === 'see-rejects' ? this.seesRejects(product, asker) : this.allows(product, asker, action);
    if (!isAllowed) throw refused(product, action, undefined);
  }

  seesRejects(product: Product, asker: Asker): boolean {
    return this.allowsAll(product, asker, 'see-rejects') && this.allowsAll(product, asker, 'read');
  }

  /** What somebody sees through a port. Throws ACCESS_REFUSED, and PRODUCT_UNKNOWN where they may not know of it. */
  view(product: Product, asker: Asker, action: Action, port: string): StandingView {
    const view = this.#view(product, asker, action, port);
    if (!view) throw this.sees(product, asker) ? refused(product, action, port) : unknownProduct(product.id);
    return { ...view, check: this.#standing(product, asker, action, port, view) };
  }

  #standing(product: Product, asker: Asker, action: Action, port: string, { sight }: View): () => void {
    let asOf = this.#asOf();
    return () => {
      if (!asker.isValid()) throw invalidToken();
      const now = this.#asOf();
      if (now === asOf) return;
      if (this.#view(product, asker, action, port)?.sight !== sight) throw changed(product);
      asOf = now;
    };
  }

  /** Decisions for the same asker can differ only where this does: rules change as a whole, and end with days. */
  #asOf(): string {
    const { agreements, clock } = this.#parts;
    return `${this.#rulesVersion}/${agreements.version}/${Math.floor(clock.nowMs() / DAY_MS)}`;
  }

  #view(product: Product, asker: Asker, action: Action, port: string): View | undefined {
    const decision = this.#decide(product, asker, action, port);
    if (!decision.allowed || !this.sees(product, asker)) return undefined;
    if (decision.sight.kind === 'all' && !this.#builtIns.has(product.id))
      return this.isOpen(product) ? OPEN : WHOLE;
    const lenses = new Map(
      product.datasets.map((dataset) => [
        dataset.name,
        this.#lensOf(product, dataset, decision.sight, asker),
      ]),
    );
    if ([...lenses.values()].every((lens) => lens === undefined)) return this.isOpen(product) ? OPEN : WHOLE;
    const ids = [...lenses].map(([name, lens]) => [name, lensId(lens)]);
    const sight = createHash('sha256').update(JSON.stringify(ids)).digest('base64url').slice(0, 22);
    return { sight, lensOf: (dataset) => lenses.get(dataset) };
  }

  #lensOf(product: Product, dataset: Dataset, sight: Sight, asker: Asker): Lens | undefined {
    if (this.#builtIns.has(product.id) && this.isOpen(product))
      return systemLens(product, dataset, this.#told(asker));
    return lensOf(dataset, sight, asker.principal);
  }

  /** What built-in products tell somebody about. */
  #told(asker: Asker): ToldProducts {
    const seen = this.seen(asker);
    const ids = (products: readonly Product[]) => products.map(({ id }) => id);
    return {
      isAll: seen.length === this.#parts.products.length,
      seen: ids(seen),
      whole: ids(seen.filter((product) => this.allowsAll(product, asker, 'read'))),
      rejects: ids(seen.filter((product) => this.seesRejects(product, asker))),
    };
  }

  #decide(product: Product, { principal, purpose }: Asker, action: Action, port?: string): Decision {
    const { agreements, clock } = this.#parts;
    const ask = { principal, action, port, purpose, nowMs: clock.nowMs() };
    const { id, name, owner } = product;
    return decide(
      { id, name, owner, access: this.#rulesOf(id) ?? product.access },
      ask,
      agreements.grants(product),
    );
  }

  #declared(id: string): readonly AccessRule[] {
    return this.#parts.products.find((product) => product.id === id)?.access ?? [];
  }

  #rulesOf(id: string): readonly AccessRule[] | undefined {
    return this.#rules.get(id);
  }

  #openProducts(): ReadonlySet<string> {
    const all = [...this.#parts.products, ...this.#parts.builtIns];
    const open = all.filter(({ id, access }) => isOpen({ access: this.#rules.get(id) ?? access }));
    return new Set(open.map(({ id }) => id));
  }
}

/** What rules say, wherever they stand. */
function rulesText(rules: readonly AccessRule[]): string {
  return JSON.stringify(rules.map(({ place: _, ...rule }) => rule));
}

/** Of a product that is not there, and of one that must not be known of: the same words. */
export function unknownProduct(id: string): WharfError {
  return new WharfError('PRODUCT_UNKNOWN', `There is no product "${id}" here.`, {
    hint: 'All products are listed at /api/products.',
  });
}

const WHAT: Readonly<Record<Action, string>> = {
  discover: 'know of',
  read: 'read',
  subscribe: 'subscribe to',
  export: 'export',
  push: 'push to',
  'see-rejects': 'see the rejects of',
  manage: 'manage',
};

function refused({ id }: Product, action: Action, port: string | undefined): WharfError {
  const through = port === undefined ? '' : ` through "${port}"`;
  return new WharfError('ACCESS_REFUSED', `You may not ${WHAT[action]} ${id}${through}.`, {
    hint: `Ask its owner for it: wharf request ${id}. Where it is granted for a purpose, state that: Wharf-Purpose.`,
    details: { sqlState: '42501' },
  });
}

function changed({ id }: Product): WharfError {
  return new WharfError('ACCESS_CHANGED', `What you may see of ${id} has changed.`, {
    hint: 'Ask again to see what you may see now.',
    retryable: true,
    details: { sqlState: '42501' },
  });
}
