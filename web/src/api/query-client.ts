import { QueryClient } from '@tanstack/react-query';
import { Problem } from './client.ts';

const RETRIES_MAX = 2;
const STALE_MS = 2_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        // What was understood and refused is refused again.
        retry: (failures, error) =>
          failures < RETRIES_MAX && !(error instanceof Problem && error.status >= 400 && error.status < 500),
      },
    },
  });
}
