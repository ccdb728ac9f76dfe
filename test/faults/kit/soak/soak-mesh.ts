/** The products of the soak: two that are pushed to, one read from files, two derived. What is kept of `items` ends after a while. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const spec = (name: string, rest: string) => `product: test.${name}
version: 1.0.0
owner: test
purpose: To go on and on.
access: [{ allow: [anyone] }]
${rest}`;

const FILES: Readonly<Record<string, string>> = {
  'mesh.yaml': 'mesh: test\n',
  'events.product.yaml': spec(
    'events',
    'inputs: { source: { from: push } }\nkey: none\nfields: { turn: { type: integer, required: true }, i: integer, at: integer }\n',
  ),
  'items.product.yaml': spec(
    'items',
    'inputs: { source: { from: push } }\nkey: [id]\nhistory: 5m\nfields: { id: integer, turn: integer }\n',
  ),
  'lines.product.yaml': spec(
    'lines',
    'inputs: { source: { from: file, path: data/*.ndjson, every: 250ms } }\nkey: none\nfields: { writer: string, i: integer }\n',
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

export const SOAK_PRODUCTS = ['events', 'items', 'lines', 'sums', 'latest'] as const;

/** Writes the mesh into a new folder. */
export function writeSoakMesh(folder: string): void {
  mkdirSync(path.join(folder, 'data'), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
}
