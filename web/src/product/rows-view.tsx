import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getJson } from '../api/client.ts';
import type { ProductDocument, RowsDocument } from '../api/documents.ts';
import { DataTable } from '../base/data-table.tsx';
import { count } from '../base/format.ts';
import { Empty, ErrorNotice, Loading } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';
import { RowFilters } from './row-filters.tsx';

const PAGE_ROWS = 100;
/** What of the page's address is not a filter. */
const OWN_NAMES = new Set(['view', 'dataset', 'order', 'at']);

export function RowsView({ product }: { readonly product: ProductDocument }) {
  const [params, change] = useUrlState();
  const dataset = product.datasets.find(({ name }) => name === params.get('dataset')) ?? product.datasets[0];
  const query = useInfiniteQuery({
    queryKey: ['rows', product.id, params.toString()],
    queryFn: ({ pageParam, signal }) => getJson<RowsDocument>(pageParam, signal),
    initialPageParam: rowsPath(product, params),
    getNextPageParam: (page) => page._links.next?.href,
    placeholderData: keepPreviousData,
  });
  if (!dataset) return null;
  const [by, direction] = (params.get('order') ?? '').split('.');
  const first = query.data?.pages[0];
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const onSort = (name: string) =>
    change({ order: by !== name ? `${name}.asc` : direction === 'asc' ? `${name}.desc` : undefined });
  return (
    <div className="stack">
      <RowFilters product={product} dataset={dataset} params={params} onChange={change} />
      {query.error && <ErrorNotice error={query.error} />}
      <section className="card flush">
        <div className="card-head row spread small soft">
          <span role="status" className="numeric">
            {first
              ? `${first.count === undefined ? '' : `${count(first.count)} rows `}at position ${count(first.position)}`
              : ' '}
          </span>
        </div>
        {!first && !query.error && <Loading rows={14} />}
        {first && rows.length === 0 && <Empty title="No row matches." />}
        {rows.length > 0 && (
          <DataTable
            label={`Rows of ${dataset.name}`}
            columns={dataset.fields}
            rows={rows}
            sorting={{ by, descending: direction === 'desc', onSort }}
          />
        )}
      </section>
      {query.hasNextPage && (
        <button
          type="button"
          className="button self-start"
          disabled={query.isFetching}
          onClick={() => void query.fetchNextPage()}
        >
          {query.isFetching ? 'Loading' : 'More rows'}
        </button>
      )}
    </div>
  );
}

function rowsPath({ _links, datasets }: ProductDocument, params: URLSearchParams): string {
  const wanted = new URLSearchParams({ limit: String(PAGE_ROWS), count: 'exact' });
  for (const [name, value] of params)
    if (name === 'order' || name === 'at' || !OWN_NAMES.has(name)) wanted.append(name, value);
  const dataset = params.get('dataset');
  const base =
    dataset && dataset !== datasets[0]?.name
      ? `${_links.self.href}/d/${encodeURIComponent(dataset)}`
      : _links.self.href;
  return `${base}/rows?${wanted}`;
}
