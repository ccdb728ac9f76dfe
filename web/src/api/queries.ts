/** What pages ask for, each with how long an answer stays good. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { WhoDocument } from '../../../src/runtime/access/who-route.ts';
import type { MeshDocument } from '../../../src/runtime/http/mesh-routes.ts';
import type { ProductDocument } from '../../../src/runtime/http/product-document.ts';
import { getJson } from './client.ts';

/** How often figures that move are asked for again. */
export const REFRESH_MS = 5_000;

export interface ProductAddress {
  readonly name: string;
  /** Undefined: the newest. */
  readonly major: string | undefined;
}

export function pathOf({ name, major }: ProductAddress): string {
  const base = `/p/${encodeURIComponent(name)}`;
  return major === undefined ? base : `${base}/v${major}`;
}

/** `flights.departures@1` as an address. */
export function addressOf(id: string): ProductAddress {
  const at = id.lastIndexOf('@');
  return { name: id.slice(0, at), major: id.slice(at + 1) };
}

export function meshQuery() {
  return queryOptions({
    queryKey: ['mesh'],
    queryFn: ({ signal }) => getJson<MeshDocument>('/api/mesh', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Whom the server takes the reader for. */
export function whoQuery() {
  return queryOptions({
    queryKey: ['who'],
    queryFn: ({ signal }) => getJson<WhoDocument>('/api/me', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function productQuery(address: ProductAddress) {
  return queryOptions({
    queryKey: ['product', pathOf(address)],
    queryFn: ({ signal }) => getJson<ProductDocument>(pathOf(address), signal),
    refetchInterval: REFRESH_MS,
  });
}

/** Any information that follows the data; the answer before stays until the next is there. */
export function followed<T>(path: string, refetchInterval: number | false = REFRESH_MS) {
  return queryOptions({
    queryKey: ['followed', path],
    queryFn: ({ signal }) => getJson<T>(path, signal),
    refetchInterval,
    placeholderData: keepPreviousData,
  });
}
