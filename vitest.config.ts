import { defineConfig } from 'vitest/config';

/** Folders without processes, threads or state of their own: their tests share what was loaded, which saves most of their time. */
const PURE = ['src/{access,base,catalog,protocols,schema,spec}/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: { name: 'all else', include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: PURE },
      },
    ],
  },
});
