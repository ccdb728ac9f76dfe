import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../src/base/entry.ts';

export const NEXMARK = path.join(packageRoot, 'examples', 'nexmark');
export const NEXMARK_QUERIES = ['q0', 'q1', 'q2', 'q3', 'q4', 'q5', 'q7', 'q8', 'q9'] as const;
/** The columns of the tables that the queries read, with the engine's types. */
export const NEXMARK_SOURCES = {
  person: { id: 'bigint', name: 'varchar', state: 'varchar', at_ms: 'bigint' },
  auction: { id: 'bigint', seller: 'bigint', category: 'bigint', at_ms: 'bigint', expires_ms: 'bigint' },
  bid: { id: 'bigint', auction: 'bigint', bidder: 'bigint', price: 'bigint', at_ms: 'bigint' },
} as const;

/** The texts of the example's specs and queries, by their paths in it. */
export async function nexmarkFiles(): Promise<Record<string, string>> {
  const names = await readdir(NEXMARK, { recursive: true });
  const specs = names.filter((name) => /(?:mesh|\.product)\.yaml$|\.sql$/.test(name));
  const texts = specs.map(async (name) => [name, await readFile(path.join(NEXMARK, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}
