/**
 * P4: every port gives the same rows at one position, while more is pushed. What was pushed is known by position, since the journal has it in the
 * order in which it was acknowledged; of a product whose order is not known, every port must give what the first one gives.
 */
import { systemClock } from '../../../../src/base/clock.ts';
import { integerBetween, type Random } from '../../../../src/base/random.ts';
import { arrowRows } from '../../../support/arrow-rows.ts';
import { patientFetch } from '../../../support/patient-fetch.ts';
import {
  canonicalNumber,
  canonicalRows,
  parseExact,
  rowsByCsv,
  rowsByNdjson,
  rowsByRest,
  rowsByStream,
} from '../../../support/read-ports.ts';
import type { WharfProcess } from '../../../support/wharf-process.ts';
import { latestOf, type Row } from './ledger-mesh.ts';
import type { Known } from './writers.ts';

const PRODUCTS = ['events', 'items', 'lines', 'sums', 'latest'] as const;
type Product = (typeof PRODUCTS)[number];
const LOOK_MS = 20;
const FIRST_MS_MAX = 600_000;

type Read = (url: string, product: Product, at: number) => Promise<readonly unknown[]>;

const PORTS: Readonly<Record<string, Read>> = {
  rest: async (url, product, at) => (await rowsByRest(url, `test.${product}/v1`, at)).rows,
  ndjson: (url, product, at) => rowsByNdjson(url, `test.${product}/v1`, product, at),
  csv: async (url, product, at) =>
    (await rowsByCsv(url, `test.${product}/v1`, product, at)).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, valueIn(cell)])),
    ),
  arrow: async (url, product, at) => {
    const response = await patientFetch(`${url}/p/test.${product}/v1/files/${product}.arrow?at=${at}`);
    if (!response.ok) throw new Error(`arrow answered ${response.status}: ${await response.text()}`);
    return arrowRows(new Uint8Array(await response.arrayBuffer()));
  },
  sql: async (url, product, at) => {
    const response = await patientFetch(`${url}/api/sql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/x-ndjson' },
      body: JSON.stringify({ sql: `select * from test.${product}`, at }),
    });
    if (!response.ok) throw new Error(`sql answered ${response.status}: ${await response.text()}`);
    return (await response.text()).split('\n').filter(Boolean).map(parseExact);
  },
  stream: async (url, product, at) => {
    const rows = await rowsByStream(url, `test.${product}/v1`, at);
    return rows.map((row) => row as Row);
  },
};

/** Digits are numbers in all products of the ledger. */
function valueIn(cell: string): string {
  return /^-?\d+$/.test(cell) ? canonicalNumber(cell) : cell;
}

export interface PortsCompared {
  /** Rows that a port gave, each compared with the row that it must be. */
  readonly comparisons: number;
  readonly wrong: readonly string[];
}

/** Each product at one position that is drawn, by every port. */
export async function comparePorts(
  wharf: WharfProcess,
  known: () => Known,
  random: Random,
): Promise<PortsCompared> {
  const wrong: string[] = [];
  let comparisons = 0;
  for (const product of PRODUCTS) {
    const at = integerBetween(random, 1, await positionOf(wharf, product, known));
    let right = rightRows(product, at, known());
    for (const [port, read] of Object.entries(PORTS)) {
      const rows = canonicalRows(await read(wharf.url, product, at));
      right ??= rows;
      comparisons += rows.length;
      const different = rows.findIndex((row, i) => row !== right?.[i]);
      if (rows.length !== right.length || different >= 0)
        wrong.push(
          `${product} at ${at} by ${port}: ${rows.length} rows, expected ${right.length}; ${rows[different]} in place of ${right[different]}`,
        );
    }
  }
  return { comparisons, wrong };
}

/** A position up to which all is known, or that is published. */
async function positionOf(wharf: WharfProcess, product: Product, known: () => Known): Promise<number> {
  for (const deadline = Date.now() + FIRST_MS_MAX; ; await systemClock.sleep(LOOK_MS)) {
    const position =
      product === 'events' || product === 'items'
        ? known().acknowledged[product].length
        : (await wharf.get<{ position: number }>(`/p/test.${product}/v1/rows?limit=1`)).position;
    if (position > 0) return position;
    if (Date.now() > deadline) throw new Error(`${product} has no record`);
  }
}

function rightRows(product: Product, at: number, { acknowledged }: Known): string[] | undefined {
  const exact = (rows: readonly Row[]) => canonicalRows(parseExact(JSON.stringify(rows)) as unknown[]);
  if (product === 'events') return exact(acknowledged.events.slice(0, at));
  if (product === 'items') return exact(latestOf(acknowledged.items.slice(0, at)));
  return undefined;
}
