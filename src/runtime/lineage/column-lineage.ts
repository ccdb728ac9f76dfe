/** Which columns a column is made of. What a query makes of its inputs follows from the spec alone, so it is found out once. */
import type { Engine } from '../../engine/engine.ts';
import type { Product } from '../../spec/model.ts';
import { type Explanation, explainProduct } from '../../transform/explain.ts';

export interface ColumnSource {
  /** The product that is read; null for a source outside the mesh. */
  readonly product: string | null;
  readonly input: string;
  readonly column: string;
}

export interface ColumnLineage {
  readonly product: string;
  readonly column: string;
  readonly type: string;
  /** Null where they are not known: what TypeScript makes of a record cannot be read off it. */
  readonly sources: readonly ColumnSource[] | null;
}

export class ColumnLineages {
  readonly #engine: Engine;
  readonly #products: ReadonlyMap<string, Product>;
  readonly #explained = new Map<string, Promise<Explanation>>();

  constructor(engine: Engine, products: ReadonlyMap<string, Product>) {
    this.#engine = engine;
    this.#products = products;
  }

  /** Throws what the engine throws. */
  async explain(product: Product): Promise<Explanation> {
    const known = this.#explained.get(product.id) ?? explainProduct(this.#engine, product, this.#products);
    this.#explained.set(product.id, known);
    try {
      return await known;
    } catch (error) {
      this.#explained.delete(product.id);
      throw error;
    }
  }

  async of(product: Product): Promise<ColumnLineage[]> {
    const { columns } = await this.explain(product);
    const inputs = new Map(product.inputs.map((input) => [input.name, input]));
    return columns.map(({ name, type, sources }) => ({
      product: product.id,
      column: name,
      type,
      sources:
        sources?.map((source) => {
          const [, input = '', column = ''] = /^([^.]*)\.(.*)$/s.exec(source) ?? [];
          const read = inputs.get(input);
          return { product: read?.kind === 'product' ? read.product : null, input, column };
        }) ?? (product.transform ? null : capturedFrom(product, name)),
    }));
  }
}

/** Without a transform a column is what the source calls so. */
function capturedFrom(product: Product, column: string): ColumnSource[] {
  return product.inputs.flatMap((input) =>
    input.kind === 'external' ? [{ product: null, input: input.name, column }] : [],
  );
}
