import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

/** So long that only what hangs runs into it: these machines may be busy with something else. */
const TIMEOUT_MS = 600_000;
/** What is waited for within a test. */
const POLL_TIMEOUT_MS = 120_000;

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/support/set-up.ts'],
    pool: 'forks',
    // More than the cores of a small machine: tests of processes wait as often as they work.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Test files share what was loaded, which took as long as a fifth of the tests: what a test changes for all, it puts back.
    isolate: false,
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    expect: { poll: { timeout: POLL_TIMEOUT_MS } },
  },
});
