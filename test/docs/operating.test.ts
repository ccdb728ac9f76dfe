/** The limits that the page about operating tells are those of the code. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import * as engineLimits from '../../src/engine/limits.ts';
import { DEFAULT_JOURNAL_LIMITS } from '../../src/journal/limits.ts';
import * as streamLimits from '../../src/ports/stream/stream-limits.ts';

it('tells limits as they are', () => {
  const page = readFileSync(path.join(packageRoot, 'docs', 'operating.md'), 'utf8');
  const section = page.slice(page.indexOf('## Limits'), page.indexOf('## Upgrade'));
  const told = Object.fromEntries(
    [...section.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)]),
  );
  const limits: Readonly<Record<string, unknown>> = {
    ...DEFAULT_JOURNAL_LIMITS,
    ...engineLimits,
    ...streamLimits,
  };
  expect(Object.keys(told).length).toBeGreaterThan(5);
  expect(told).toEqual(Object.fromEntries(Object.keys(told).map((name) => [name, limits[name]])));
});
