/** The mesh as a graph: products and what they are made of, with what is wrong upstream of each. */
import type { Product } from '../../spec/model.ts';
import { seenInputs } from '../access/seen-inputs.ts';

export interface GraphEdge {
  /** A product's id, or a source's: `flights.departures@1/source`. */
  readonly from: string;
  readonly to: string;
  /** The name that the reading product gives it. */
  readonly input: string;
}

export class LineageGraph {
  readonly products: ReadonlyMap<string, Product>;
  readonly edges: readonly GraphEdge[];
  readonly #above = new Map<string, string[]>();
  readonly #below = new Map<string, string[]>();

  constructor(products: readonly Product[]) {
    this.products = new Map(products.map((product) => [product.id, product]));
    this.edges = products.flatMap((product) =>
      product.inputs.map((input) => ({
        from: input.kind === 'product' ? input.product : sourceId(product, input.name),
        to: product.id,
        input: input.name,
      })),
    );
    for (const { from, to } of this.edges) {
      this.#above.set(to, [...(this.#above.get(to) ?? []), from]);
      this.#below.set(from, [...(this.#below.get(from) ?? []), to]);
    }
  }

  /** The graph as it is where the other products are not. */
  only(ids: ReadonlySet<string>): LineageGraph {
    if (ids.size === this.products.size) return this;
    const products = [...this.products.values()].filter(({ id }) => ids.has(id));
    return new LineageGraph(products.map((product) => ({ ...product, inputs: seenInputs(product, ids) })));
  }

  /** Everything that a product is made of, directly or not: sources included, itself not. */
  above(id: string): ReadonlySet<string> {
    return reached(id, this.#above);
  }

  /** Everything that is made of it, directly or not; itself not. */
  below(id: string): ReadonlySet<string> {
    return reached(id, this.#below);
  }
}

export function sourceId(product: Product, input: string): string {
  return `${product.id}/${input}`;
}

function reached(from: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const other of next.get(id) ?? [])
      if (!found.has(other)) {
        found.add(other);
        open.push(other);
      }
  found.delete(from);
  return found;
}
