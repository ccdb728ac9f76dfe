import type { ProductDocument } from '../api/documents.ts';
import { Code } from '../base/parts.tsx';
import { useUrlState } from '../base/url-state.ts';
import { RowFilters } from '../product/row-filters.tsx';
import { ChartFigure } from './chart-figure.tsx';
import { embedSnippet, framersOf } from './embed-snippet.ts';
import { chartPath, filtersOf } from './use-chart.ts';

export function ChartView({ product }: { readonly product: ProductDocument }) {
  const [params, change] = useUrlState();
  const dataset = product.datasets.find(({ name }) => name === params.get('dataset')) ?? product.datasets[0];
  if (!dataset) return null;
  return (
    <div className="stack">
      <RowFilters product={product} dataset={dataset} params={params} onChange={change} />
      <section className="card stack" aria-label="Chart">
        <ChartFigure product={product} params={params} onChange={change} />
      </section>
      <section className="card stack" aria-label="Show it elsewhere">
        <h2>Show it elsewhere</h2>
        <Code
          text={embedSnippet(product, { origin: window.location.origin, filters: filtersOf(params) })}
          label="Web page snippet"
        />
        <p className="soft small">
          {framersText(framersOf(product))} As a picture:{' '}
          <a href={chartPath(product, params, 'chart.svg')}>SVG</a>.
        </p>
      </section>
    </div>
  );
}

function framersText(framers: readonly string[]): string {
  if (framers.includes('*')) return 'Every page may show this frame.';
  if (framers.length > 0) return `Pages of ${framers.join(', ')} may show this frame.`;
  return 'No other page may show this frame until its spec names it: outputs: { chart: { embed: [https://wiki.example.com] } }.';
}
