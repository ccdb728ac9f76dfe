import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Chart, ChartColumn } from '../../../src/protocols/chart/chart-spec.ts';
import { getJson } from '../api/client.ts';
import type { ProductDocument, Row } from '../api/documents.ts';
import { watch } from '../api/watch.ts';
import { useShown } from '../base/use-shown.ts';

export interface ChartDocument {
  readonly position: number;
  readonly chart: Chart;
  readonly columns: readonly ChartColumn[];
  readonly cut: boolean;
  readonly rowsMax: number;
  readonly rows: readonly Row[];
}

/** What of the address is not a filter. */
const OWN_NAMES = new Set(['view', 'dataset', 'scheme']);
/** However fast records come, the chart is drawn anew so often at most. */
const REDRAW_MS = 1_000;

/** The declared chart, filtered by the address, and following the stream while it is looked at. */
export function useChart(product: ProductDocument, params: URLSearchParams) {
  const path = chartPath(product, params);
  const query = useQuery({
    queryKey: ['chart', product.id, path],
    queryFn: ({ signal }) => getJson<ChartDocument>(path, signal),
    placeholderData: keepPreviousData,
    // What came while nobody looked is asked for as soon as somebody does.
    staleTime: 0,
  });
  useFollowed(product, params.has('at'));
  return query;
}

export function filtersOf(params: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...params].filter(([name]) => !OWN_NAMES.has(name)));
}

export function chartPath({ _links, datasets }: ProductDocument, params: URLSearchParams, file = 'chart') {
  const dataset = datasets.find(({ name }) => name === params.get('dataset'));
  const base = dataset ? `${_links.self.href}/d/${encodeURIComponent(dataset.name)}` : _links.self.href;
  const filters = filtersOf(params);
  return `${base}/${file}${filters.size === 0 ? '' : `?${filters}`}`;
}

function useFollowed(product: ProductDocument, isFixed: boolean): void {
  const client = useQueryClient();
  const isShown = useShown();
  const path = product._links.stream?.href;
  useEffect(() => {
    if (path === undefined || isFixed || !isShown) return undefined;
    const stop = new AbortController();
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const redraw = () => {
      waiting = undefined;
      void client.invalidateQueries({ queryKey: ['chart', product.id] });
    };
    void watch({
      path,
      signal: stop.signal,
      onChange: () => {
        waiting ??= setTimeout(redraw, REDRAW_MS);
      },
    });
    return () => {
      stop.abort();
      clearTimeout(waiting);
    };
  }, [client, path, isFixed, isShown, product.id]);
}
