import { defineConfig } from 'vitest/config';

/** Beside the code: their tests share what was loaded, which saves most of their time. */
const UNITS = ['src/**/*.test.ts'];
/** So long that only what hangs runs into it: these machines may be busy with something else. */
const TIMEOUT_MS = 180_000;

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    projects: [
      { extends: true, test: { name: 'units', include: UNITS, isolate: false } },
      { extends: true, test: { name: 'the whole', include: ['test/**/*.test.ts'] } },
    ],
  },
});
