import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { createQueryClient } from './api/query-client.ts';
import { Loading } from './base/states.tsx';
import { FindPage } from './find/find-page.tsx';
import { NotFound } from './shell/not-found.tsx';
import { Shell } from './shell/shell.tsx';

const ProductPage = lazy(async () => ({ default: (await import('./product/product-page.tsx')).ProductPage }));

const LineagePage = lazy(async () => ({ default: (await import('./lineage/lineage-page.tsx')).LineagePage }));

const ExplorePage = lazy(async () => ({ default: (await import('./explore/explore-page.tsx')).ExplorePage }));

const OperatePage = lazy(async () => ({ default: (await import('./operate/operate-page.tsx')).OperatePage }));
const QualityPage = lazy(async () => ({ default: (await import('./quality/quality-page.tsx')).QualityPage }));

const AccessPage = lazy(async () => ({ default: (await import('./access/access-page.tsx')).AccessPage }));

interface ProductParams {
  readonly name: string;
  readonly version?: string;
  readonly view?: string;
  readonly [more: string]: string | undefined;
}

const client = createQueryClient();

export function App() {
  return (
    // The pages' policy allows no style within the page: all of Mantine's styles come from files.
    <MantineProvider defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <Shell>
          <Suspense fallback={<Loading />}>
            <Switch>
              <Route path="/" component={FindPage} />
              <Route<ProductParams> path="/p/:name/:version?/:view?">
                {({ name, version, view }) => (
                  <ProductPage
                    name={decodeURIComponent(name)}
                    major={version?.replace(/^v/, '')}
                    view={view}
                  />
                )}
              </Route>
              <Route path="/lineage" component={LineagePage} />
              <Route path="/explore" component={ExplorePage} />
              <Route path="/quality" component={QualityPage} />
              <Route path="/operate" component={OperatePage} />
              <Route path="/access" component={AccessPage} />
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </Shell>
      </QueryClientProvider>
    </MantineProvider>
  );
}
