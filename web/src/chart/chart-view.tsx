import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { type Chart, type ChartColumn, chartSpec } from '../../../src/protocols/chart/chart-spec.ts';
import { getJson } from '../api/client.ts';
import type { ProductDocument, Row } from '../api/documents.ts';
import { follow } from '../api/follow.ts';
import { count } from '../base/format.ts';
import { Dot } from '../base/parts.tsx';
import { Empty, ErrorNotice, Loading } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';
import { RowFilters } from '../product/row-filters.tsx';

const VegaChart = lazy(async () => ({ default: (await import('./vega-chart.tsx')).VegaChart }));

interface ChartDocument {
  readonly position: number;
  readonly chart: Chart;
  readonly columns: readonly ChartColumn[];
  readonly cut: boolean;
  readonly rowsMax: number;
  readonly rows: readonly Row[];
}

/** What of the address is not a filter. */
const OWN_NAMES = new Set(['view', 'dataset', 'embed']);
/** However fast records come, the chart is drawn anew so often at most. */
const REDRAW_MS = 1_000;

/** The declared chart, filtered by the address, and following the stream while it is looked at. */
export function ChartView({ product }: { readonly product: ProductDocument }) {
  const [params, change] = useUrlState();
  const dataset = product.datasets[0];
  const path = chartPath(product, params);
  const query = useQuery({
    queryKey: ['chart', product.id, path],
    queryFn: ({ signal }) => getJson<ChartDocument>(path, signal),
    placeholderData: keepPreviousData,
  });
  useFollowed(product, params.has('at'));
  const { data, error } = query;
  const spec = useMemo(() => data && chartSpec(data.chart, data.columns, data.rows), [data]);
  const x = data?.chart.x;
  const kind = data?.columns.find(({ name }) => name === x)?.kind;
  const canBrush = kind === 'time' || kind === 'number';
  const type = dataset?.fields.find(({ name }) => name === x)?.type;
  const zoom = (range: readonly [number, number] | undefined) => {
    if (x === undefined || !range) return;
    change({ [x]: [`gte.${boundOf(range[0], type)}`, `lte.${boundOf(range[1], type)}`] });
  };
  if (!dataset) return null;
  return (
    <div className="stack">
      <RowFilters
        product={{ ...product, datasets: [dataset] }}
        dataset={dataset}
        params={params}
        onChange={change}
      />
      {error && <ErrorNotice error={error} />}
      <section className="card stack" aria-label="Chart">
        <div className="row spread small soft">
          <span className="numeric" role="status">
            {data
              ? `${data.cut ? `the first ${count(data.rowsMax)} rows` : `${count(data.rows.length)} rows`} at position ${count(data.position)}`
              : ' '}
          </span>
          {params.has('at') ? (
            <Dot tone="none">at a fixed position</Dot>
          ) : (
            <Dot tone="good">follows the stream</Dot>
          )}
        </div>
        {!data && !error && <Loading rows={12} />}
        {data && data.rows.length === 0 && <Empty title="No row matches." />}
        {spec && data && data.rows.length > 0 && (
          <Suspense fallback={<Loading rows={12} />}>
            <VegaChart
              spec={spec}
              label={labelOf(data.chart)}
              fileName={product.name}
              {...(canBrush ? { onBrush: zoom } : {})}
            />
          </Suspense>
        )}
        <p className="soft small">
          {canBrush && 'Drag over the chart to see a part of it. '}
          As a picture: <a href={path.replace('/chart?', '/chart.svg?')}>SVG</a>. Declare the marks in the
          spec, under outputs.
        </p>
      </section>
    </div>
  );
}

function useFollowed(product: ProductDocument, isFixed: boolean): void {
  const client = useQueryClient();
  const href = product._links.stream?.href;
  useEffect(() => {
    if (href === undefined || isFixed) return undefined;
    const stop = new AbortController();
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const redraw = () => {
      waiting = undefined;
      void client.invalidateQueries({ queryKey: ['chart', product.id] });
    };
    void follow({
      path: `${href}?from=latest`,
      signal: stop.signal,
      onRecords: () => {
        waiting ??= setTimeout(redraw, REDRAW_MS);
      },
      onState: () => undefined,
    });
    return () => {
      stop.abort();
      clearTimeout(waiting);
    };
  }, [client, href, isFixed, product.id]);
}

function chartPath({ _links }: ProductDocument, params: URLSearchParams): string {
  const wanted = [...params].filter(([name]) => !OWN_NAMES.has(name));
  return `${_links.chart?.href}?${new URLSearchParams(wanted)}`;
}

function labelOf({ mark, x, y, aggregate, title }: Chart): string {
  return (
    title ??
    `${mark} of ${aggregate === undefined ? '' : `the ${aggregate} of `}${y ?? 'the number of rows'} by ${x}`
  );
}

/** A bound as the field's values are written. */
function boundOf(value: number, type: string | undefined): string {
  if (type === 'date') return localIso(value).slice(0, 10);
  if (type === 'timestamp (local)') return localIso(value);
  if (type === 'timestamp') return new Date(value).toISOString();
  if (type === 'integer') return String(Math.round(value));
  return String(value);
}

/** Vega reads times without a zone as the reader's own, and so they are written back. */
function localIso(ms: number): string {
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
