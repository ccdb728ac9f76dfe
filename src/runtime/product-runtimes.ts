import { BUILT_IN_PRODUCTS } from '../catalog/system/all-products.ts';
import type { Product } from '../spec/model.ts';
import { type AccessControl, unknownProduct } from './access/access-control.ts';
import type { Asker } from './access/asker.ts';
import type { ProductRuntime } from './product-runtime.ts';

/** The product versions that are at work, found by their names and by who asks. */
export class ProductRuntimes {
  /** Those of the mesh, by id. */
  readonly declared: ReadonlyMap<string, ProductRuntime>;
  /** Those that Wharf itself keeps, by id. */
  readonly builtIns: ReadonlyMap<string, ProductRuntime>;
  readonly #access: AccessControl;

  constructor(
    products: readonly Product[],
    access: AccessControl,
    open: (product: Product) => ProductRuntime,
  ) {
    const opened = (product: Product): [string, ProductRuntime] => [product.id, open(product)];
    this.builtIns = new Map(BUILT_IN_PRODUCTS.map(opened));
    this.declared = new Map(products.map(opened));
    this.#access = access;
  }

  /** The one with this id (`flights.departures@1`), a built-in one included. Throws PRODUCT_UNKNOWN. */
  get(id: string): ProductRuntime {
    const runtime = this.#find(id);
    if (runtime) return runtime;
    throw unknownProduct(id);
  }

  /** The same, of one that somebody may know of. Throws PRODUCT_UNKNOWN in the same words for one that they may not. */
  seenBy(asker: Asker, id: string): ProductRuntime {
    const runtime = this.#find(id);
    if (runtime && this.#access.sees(runtime.product, asker)) return runtime;
    throw unknownProduct(id);
  }

  /** The newest major version of a product that somebody may know of. Throws PRODUCT_UNKNOWN. */
  newestSeenBy(asker: Asker, name: string): ProductRuntime {
    const versions = [...this.declared.values(), ...this.builtIns.values()].filter(
      ({ product }) => product.name === name && this.#access.sees(product, asker),
    );
    const [newest] = versions.sort((a, b) => b.product.major - a.product.major);
    if (newest) return newest;
    throw unknownProduct(name);
  }

  #find(id: string): ProductRuntime | undefined {
    return this.declared.get(id) ?? this.builtIns.get(id);
  }
}
