import type { WharfProcess } from '../../../support/wharf-process.ts';
import { canonical } from './canonical.ts';
import { DERIVED, latestOf, type Row } from './ledger-mesh.ts';
import { FILE_WRITERS, type Known } from './writers.ts';

const PAGE_ROWS = 1_000;

/** What a server shows against what the writers know, once nothing waits any more and all is derived. */
export async function compareServed(wharf: WharfProcess, known: Known): Promise<string[]> {
  const { events, items } = known.acknowledged;
  const expected: Readonly<Record<string, readonly Row[]>> = {
    events,
    items: latestOf(items),
    lines: FILE_WRITERS.flatMap((writer) =>
      Array.from({ length: known.lines[writer] ?? 0 }, (_, i) => ({ writer, i })),
    ),
    sums: DERIVED.sums.rows(events),
    latest: DERIVED.latest.rows(items),
  };
  const findings: string[] = [];
  for (const [name, wanted] of Object.entries(expected)) {
    const [found, should] = [canonical(await rowsOf(wharf, name)), canonical(wanted)];
    const [missing, unexpected] = [without(should, found), without(found, should)];
    if (missing.length + unexpected.length > 0)
      findings.push(
        `${name}: lost ${missing.slice(0, 5).join(' ')}, twice or foreign ${unexpected.slice(0, 5).join(' ')}`,
      );
  }
  return findings;
}

/** What is in `rows` more often than in `others`. */
function without(rows: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = counts.get(row) ?? 0;
    counts.set(row, count - 1);
    return count <= 0;
  });
}

async function rowsOf(wharf: WharfProcess, name: string): Promise<object[]> {
  const all: object[] = [];
  let next: string | undefined = `/p/test.${name}/v1/rows?limit=${PAGE_ROWS}`;
  while (next !== undefined) {
    const page: { rows: object[]; _links: { next?: { href: string } } } = await wharf.get(next);
    all.push(...page.rows);
    next = page._links.next?.href;
  }
  return all;
}
