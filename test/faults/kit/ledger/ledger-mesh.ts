/** Five products: two that are pushed to, one read from files, and two that are derived. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const spec = (name: string, rest: string) => `product: test.${name}
version: 1.0.0
owner: test
purpose: To be broken.
access: [{ allow: [anyone] }]
${rest}`;

const MESH: Readonly<Record<string, string>> = {
  'mesh.yaml': 'mesh: test\n',
  'events.product.yaml': spec(
    'events',
    'inputs: { source: { from: push } }\nkey: none\nfields: { turn: integer, i: integer }\n',
  ),
  'items.product.yaml': spec(
    'items',
    'inputs: { source: { from: push } }\nkey: [id]\nfields: { id: integer, turn: integer }\n',
  ),
  'lines.product.yaml': spec(
    'lines',
    'inputs: { source: { from: file, path: data/*.ndjson, every: 100ms } }\nkey: none\nfields: { writer: string, i: integer }\n',
  ),
  'sums.product.yaml': spec(
    'sums',
    'inputs: { events: test.events@1 }\ntransform:\n  sql: select i, count(*) as n, sum(turn)::bigint as turns from events group by i\nkey: [i]\nfields: { i: integer, n: integer, turns: integer }\n',
  ),
  'latest.product.yaml': spec(
    'latest',
    'inputs: { items: test.items@1 }\ntransform:\n  sql: select id, turn * 2 as twice from items where turn % 3 <> 0\nkey: [id]\nfields: { id: integer, twice: integer }\n',
  ),
};

export type Row = Readonly<Record<string, number | string>>;

/** What the derived products must hold for rows of their inputs; says the same as the SQL above, and shares nothing with it. */
export const DERIVED = {
  sums: {
    input: 'events',
    rows: (events: readonly Row[]): Row[] => {
      const sums = new Map<number, { n: number; turns: number }>();
      for (const { turn, i } of events as readonly { turn: number; i: number }[]) {
        const { n, turns } = sums.get(i) ?? { n: 0, turns: 0 };
        sums.set(i, { n: n + 1, turns: turns + turn });
      }
      return [...sums].map(([i, sum]) => ({ i, ...sum }));
    },
  },
  latest: {
    input: 'items',
    rows: (items: readonly Row[]): Row[] =>
      latestOf(items).flatMap(({ id = 0, turn }) =>
        Number(turn) % 3 === 0 ? [] : [{ id, twice: Number(turn) * 2 }],
      ),
  },
} as const;

/** The last row of each `id`. */
export function latestOf(items: readonly Row[]): Row[] {
  return [...new Map(items.map((row) => [row.id, row])).values()];
}

export function writeMesh(folder: string): void {
  mkdirSync(path.join(folder, 'data'), { recursive: true });
  for (const [name, text] of Object.entries(MESH)) writeFileSync(path.join(folder, name), text);
}
