import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { getJson } from '../api/client.ts';
import type { ProductDocument, RowsDocument } from '../api/documents.ts';
import { DataTable } from '../base/data-table.tsx';
import { Empty, Loaded } from '../base/states.tsx';

const SAMPLE_ROWS = 8;

export function SampleCard({ product }: { readonly product: ProductDocument }) {
  const { rows } = product._links;
  const dataset = product.datasets[0];
  const path = `${rows?.href ?? ''}?limit=${SAMPLE_ROWS}`;
  const query = useQuery({
    queryKey: ['sample', path],
    queryFn: ({ signal }) => getJson<RowsDocument>(path, signal),
    enabled: rows !== undefined,
    staleTime: 30_000,
  });
  if (!rows || !dataset) return null;
  return (
    <section className="card flush" aria-label="Sample rows">
      <div className="card-head row spread">
        <h2>Sample rows</h2>
        <Link href={`${product._links.self.href}?view=rows`} className="small">
          All rows
        </Link>
      </div>
      <Loaded query={query} rows={SAMPLE_ROWS}>
        {(found) =>
          found.rows.length === 0 ? (
            <Empty title="No rows yet." />
          ) : (
            <DataTable label="Sample rows" columns={dataset.fields} rows={found.rows} />
          )
        }
      </Loaded>
    </section>
  );
}
