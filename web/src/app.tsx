import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { Problem } from './api/client.ts';
import { Loading } from './base/states.tsx';
import { FindPage } from './find/find-page.tsx';
import { NotFound } from './shell/not-found.tsx';
import { Shell } from './shell/shell.tsx';

const ProductPage = lazy(async () => ({ default: (await import('./product/product-page.tsx')).ProductPage }));

const RETRIES_MAX = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // What was understood and refused is refused again.
      retry: (failures, error) =>
        failures < RETRIES_MAX && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
});

export function App() {
  return (
    // The pages' policy allows no style within the page: all of Mantine's styles come from files.
    <MantineProvider defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <Shell>
          <Suspense fallback={<Loading />}>
            <Switch>
              <Route path="/" component={FindPage} />
              <Route path="/p/:name/v:major/:view">
                {({ name, major, view }) => <ProductPage name={name} major={major} view={view} />}
              </Route>
              <Route path="/p/:name/v:major">
                {({ name, major }) => <ProductPage name={name} major={major} view={undefined} />}
              </Route>
              <Route path="/p/:name">
                {({ name }) => <ProductPage name={name} major={undefined} view={undefined} />}
              </Route>
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </Shell>
      </QueryClientProvider>
    </MantineProvider>
  );
}
