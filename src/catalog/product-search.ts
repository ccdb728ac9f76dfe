/** Finds products by what people type: names, purposes, fields, owners and tags, with typos forgiven, the best first. */
import MiniSearch from 'minisearch';
import type { Product } from '../spec/model.ts';

/** What may be filtered by; values of one filter are alternatives, filters add up. */
export const PRODUCT_FILTERS = [
  'domain',
  'tier',
  'alignment',
  'status',
  'owner',
  'port',
  'class',
  'tag',
] as const;
export type ProductFilter = (typeof PRODUCT_FILTERS)[number];
export type ProductFilters = Readonly<Partial<Record<ProductFilter, readonly string[]>>>;

export interface ProductHit {
  readonly product: Product;
  /** Names of fields of the product that the words were found in. */
  readonly fields: readonly string[];
}

/** How many of the found products have each value of a filter, were that filter not set. */
export type ProductFacets = Readonly<Record<ProductFilter, Readonly<Record<string, number>>>>;

export interface ProductFindings {
  readonly hits: readonly ProductHit[];
  readonly facets: ProductFacets;
}

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly doc: string;
  readonly owner: string;
  readonly tags: string;
  readonly fields: string;
  readonly fieldDocs: string;
}

const BOOST = { name: 8, tags: 3, fields: 3, purpose: 2, owner: 2, doc: 1, fieldDocs: 1 };
/** Shorter words must be right: with one letter changed they are another word. */
const FUZZY_LENGTH_MIN = 4;
/** Letters that may be wrong, as a share of the word's length. */
const FUZZY_SHARE = 0.25;

export class ProductSearch {
  readonly #products: ReadonlyMap<string, Product>;
  readonly #index: MiniSearch<Entry>;

  constructor(products: readonly Product[]) {
    this.#products = new Map(products.map((product) => [product.id, product]));
    this.#index = new MiniSearch<Entry>({
      fields: Object.keys(BOOST),
      tokenize: wordsOf,
      processTerm: (term) => folded(term) || null,
    });
    this.#index.addAll(products.map(entryOf));
  }

  /** `isVisible` says what the caller may discover; nothing else is found, counted or hinted at. */
  find(
    words: string,
    filters: ProductFilters,
    isVisible: (product: Product) => boolean = () => true,
  ): ProductFindings {
    const matched = this.#matches(words, isVisible);
    return {
      hits: matched.filter(({ product }) => passes(product, filters)),
      facets: facetsOf(matched, filters),
    };
  }

  #matches(words: string, isVisible: (product: Product) => boolean): ProductHit[] {
    if (wordsOf(words).length === 0)
      return [...this.#products.values()]
        .filter(isVisible)
        .map((product): ProductHit => ({ product, fields: [] }));
    const options = {
      boost: BOOST,
      prefix: true,
      fuzzy: (term: string) => (term.length < FUZZY_LENGTH_MIN ? false : FUZZY_SHARE),
      // Before anything depends on whether something was found.
      filter: ({ id }: { readonly id: unknown }) => {
        const product = this.#products.get(String(id));
        return product !== undefined && isVisible(product);
      },
    };
    const all = this.#index.search(words, { ...options, combineWith: 'AND' });
    // A word that stands nowhere should not hide what the others find.
    const found = all.length > 0 ? all : this.#index.search(words, { ...options, combineWith: 'OR' });
    return found.flatMap(({ id, match }) => {
      const product = this.#products.get(String(id));
      return product ? [{ product, fields: fieldsWith(product, Object.keys(match)) }] : [];
    });
  }
}

function entryOf(product: Product): Entry {
  const fields = product.datasets.flatMap((dataset) => dataset.fields);
  return {
    id: product.id,
    name: product.name,
    purpose: product.purpose,
    doc: product.doc ?? '',
    owner: product.owner,
    tags: product.tags.join(' '),
    fields: fields.map(({ name }) => name).join(' '),
    fieldDocs: fields.map(({ doc = '' }) => doc).join(' '),
  };
}

function fieldsWith(product: Product, terms: readonly string[]): string[] {
  const found = new Set(terms);
  const names = product.datasets.flatMap(({ fields }) => fields.map(({ name }) => name));
  return names.filter((name) => wordsOf(name).some((word) => found.has(folded(word))));
}

function valuesOf(product: Product, filter: ProductFilter): readonly string[] {
  switch (filter) {
    case 'port':
      return product.outputs.map(({ port }) => port);
    case 'class':
      return product.datasets.flatMap(({ fields }) => fields.flatMap((field) => field.class ?? []));
    case 'tag':
      return product.tags;
    default:
      return [product[filter]];
  }
}

function passes(product: Product, filters: ProductFilters, except?: ProductFilter): boolean {
  return PRODUCT_FILTERS.every((filter) => {
    const wanted = filters[filter];
    if (filter === except || !wanted || wanted.length === 0) return true;
    return valuesOf(product, filter).some((value) => wanted.includes(value));
  });
}

function facetsOf(hits: readonly ProductHit[], filters: ProductFilters): ProductFacets {
  const counted = PRODUCT_FILTERS.map((filter) => {
    const counts = new Map<string, number>();
    for (const { product } of hits)
      if (passes(product, filters, filter))
        for (const value of new Set(valuesOf(product, filter)))
          counts.set(value, (counts.get(value) ?? 0) + 1);
    return [filter, Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))] as const;
  });
  return Object.fromEntries(counted) as ProductFacets;
}

/** `flights.airport-delays` is three words. */
function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}

function folded(word: string): string {
  return word.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
