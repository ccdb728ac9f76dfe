import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { ProductDocument } from '../../../src/runtime/http/product-document.ts';
import { productQuery } from '../api/queries.ts';
import { Loaded, Loading } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';
import { useTitle } from '../base/use-title.ts';
import { LiveView } from './live-view.tsx';
import { Overview } from './overview.tsx';
import { ProductHeader } from './product-header.tsx';
import { ProductTabs, type ProductView } from './product-tabs.tsx';
import { RejectsView } from './rejects-view.tsx';
import { RowsView } from './rows-view.tsx';
import { UseView } from './use-view.tsx';

const ChartView = lazy(async () => ({ default: (await import('../chart/chart-view.tsx')).ChartView }));
const RequestView = lazy(async () => ({ default: (await import('../access/request-view.tsx')).RequestView }));
const QualityView = lazy(async () => ({
  default: (await import('../quality/quality-view.tsx')).QualityView,
}));
const LineageView = lazy(async () => ({
  default: (await import('../lineage/lineage-view.tsx')).LineageView,
}));

interface ProductPageProps {
  readonly name: string;
  readonly major: string | undefined;
  /** The part of the path after the version: pages that have an address of their own. */
  readonly view: string | undefined;
}

export function ProductPage({ name, major, view }: ProductPageProps) {
  const query = useQuery(productQuery({ name, major }));
  const [params] = useUrlState();
  const shown = (view ?? params.get('view') ?? 'overview') as ProductView;
  useTitle(shown === 'overview' ? name : `${name} ${shown}`);
  return (
    <Loaded query={query} rows={14}>
      {(product) => (
        <>
          <ProductHeader product={product} />
          <ProductTabs product={product} shown={shown} />
          <Suspense fallback={<Loading rows={10} />}>
            <View product={product} view={shown} />
          </Suspense>
        </>
      )}
    </Loaded>
  );
}

function View({ product, view }: { readonly product: ProductDocument; readonly view: ProductView }) {
  switch (view) {
    case 'rows':
      return <RowsView product={product} />;
    case 'access':
      return <RequestView product={product} />;
    case 'chart':
      return <ChartView product={product} />;
    case 'live':
      return <LiveView product={product} />;
    case 'use':
      return <UseView product={product} />;
    case 'lineage':
      return <LineageView product={product} />;
    case 'quality':
      return <QualityView product={product} />;
    case 'rejects':
      return <RejectsView product={product} />;
    default:
      return <Overview product={product} />;
  }
}
