import type { ProductHit } from '../../catalog/product-search.ts';
import type { Product } from '../../spec/model.ts';
import type { Platform } from '../platform.ts';
import { type Health, productStatus } from '../product-status.ts';
import { type ProductLinks, productLinks } from './product-document.ts';

/** What a list says of a product. */
export interface ProductCard {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly domain: string;
  readonly status: Product['status'];
  readonly owner: string;
  readonly alignment: Product['alignment'];
  readonly tier: Product['tier'];
  readonly purpose: string;
  readonly tags: readonly string[];
  readonly ports: readonly string[];
  readonly position: number;
  readonly lastRecordAt: string | null;
  readonly health: Health;
  readonly rejects: number;
  readonly checks: { readonly total: number; readonly passed: number; readonly failed: number };
  readonly gate: boolean;
  /** The position that its gate holds back. */
  readonly heldAt: number | null;
  /** The promises that are kept and broken right now; the rest is not known. */
  readonly promises: { readonly kept: number; readonly broken: number; readonly made: number };
  /** Fields that the search found the words in. */
  readonly matched: readonly string[];
  readonly _links: ProductLinks;
}

export async function productCard(platform: Platform, { product, fields }: ProductHit): Promise<ProductCard> {
  const runtime = platform.products.get(product.id);
  const [status, slo] = await Promise.all([productStatus(platform, runtime), platform.slo.report(runtime)]);
  const made = slo.objectives.filter(({ promised }) => promised !== null);
  const { id, name, version, domain, owner, alignment, tier, purpose, tags } = product;
  return {
    ...{ id, name, version, domain, status: product.status, owner, alignment, tier, purpose, tags },
    ports: product.outputs.map(({ port }) => port),
    position: status.position,
    lastRecordAt: status.lastRecordAt ?? null,
    health: status.health,
    rejects: status.rejects,
    checks: { total: status.quality.checks, passed: status.quality.passed, failed: status.quality.failed },
    gate: product.gate,
    heldAt: status.quality.heldAt ?? null,
    promises: {
      made: made.length,
      kept: made.filter(({ met }) => met === true).length,
      broken: made.filter(({ met }) => met === false).length,
    },
    matched: fields,
    _links: productLinks(product),
  };
}
