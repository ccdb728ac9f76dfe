import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { ProductFacets } from '../../../src/catalog/product-search.ts';
import type { ProductCard } from '../../../src/runtime/http/product-card.ts';
import { getJson } from '../api/client.ts';

const PAGE_PRODUCTS = 100;

export interface ProductsPage {
  readonly total: number;
  readonly products: readonly ProductCard[];
  readonly facets: ProductFacets;
  readonly _links: { readonly next?: { readonly href: string } };
}

/** The products that the address asks for, a page at a time as they are scrolled to. */
export function useProducts(params: URLSearchParams) {
  const wanted = new URLSearchParams(params);
  wanted.sort();
  wanted.set('limit', String(PAGE_PRODUCTS));
  return useInfiniteQuery({
    queryKey: ['products', wanted.toString()],
    queryFn: ({ pageParam, signal }) => getJson<ProductsPage>(pageParam, signal),
    initialPageParam: `/api/products?${wanted}`,
    getNextPageParam: (page) => page._links.next?.href,
    placeholderData: keepPreviousData,
  });
}
