/** The chart alone, inside another page: it is filtered by its own address, and followed while it is looked at. */
import { useQuery } from '@tanstack/react-query';
import { productQuery } from '../api/queries.ts';
import { Loaded } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';
import { useTitle } from '../base/use-title.ts';
import { FilterChips } from '../product/row-filters.tsx';
import { ChartFigure } from './chart-figure.tsx';

const ADDRESS = /^\/p\/([^/]+)\/v(\d+)\/embed\/?$/;

export function EmbedPage() {
  const [, name = '', major] = ADDRESS.exec(window.location.pathname) ?? [];
  const product = decodeURIComponent(name);
  const [params, change] = useUrlState();
  const query = useQuery(productQuery({ name: product, major }));
  useTitle(product);
  return (
    <main className="embed">
      <Loaded query={query}>
        {(data) => (
          <>
            <h1>
              <a href={data._links.self.href} target="_blank" rel="noopener">
                {data.name}
              </a>
            </h1>
            <div className="row">
              {data.datasets.slice(0, 1).map((dataset) => (
                <FilterChips key={dataset.name} dataset={dataset} params={params} onChange={change} />
              ))}
            </div>
            <ChartFigure product={data} params={params} onChange={change} fills />
          </>
        )}
      </Loaded>
    </main>
  );
}
