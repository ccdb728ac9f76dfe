/** The demo mesh, as a newcomer starts it: the figures are those of the public files, computed without Wharf. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { canonicalRows, rowsByCsv, rowsByNdjson, rowsByRest, rowsByStream } from '../support/read-ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const number = (value: unknown) => (value === null ? 0 : Number(String(value).replace('#', '')));
const sum = (rows: readonly unknown[], field: string) =>
  rows.reduce<number>((total, row) => total + number((row as Record<string, unknown>)[field]), 0);

const FIGURES = [
  { product: 'flights.departures/v1', dataset: 'departures', rows: 20_000, field: 'delay', total: 154_078 },
  { product: 'flights.routes/v1', dataset: 'routes', rows: 5_366, field: 'count', total: 7_009_728 },
  { product: 'airports.airports/v1', dataset: 'airports', rows: 3_376, field: undefined, total: 0 },
  { product: 'hazards.earthquakes/v1', dataset: 'earthquakes', rows: 1_707, field: undefined, total: 0 },
  {
    product: 'hazards.bird-strikes/v1',
    dataset: 'bird-strikes',
    rows: 9_976,
    field: 'cost_total',
    total: 40_545_276,
  },
] as const;

describe('Skyline', () => {
  let wharf: WharfProcess;

  beforeAll(async () => {
    const data = await temporaryFolder('skyline');
    wharf = await WharfProcess.start({ mesh: path.join(packageRoot, 'examples', 'skyline'), data });
    await wharf.untilReady();
  });

  afterAll(async () => wharf?.stop());

  it.each(FIGURES)(
    '$product has the same $rows rows through rest, files and stream',
    async ({ product, dataset, rows, field, total }) => {
      const rest = await rowsByRest(wharf.url, product);
      const ndjson = await rowsByNdjson(wharf.url, product, dataset, rest.position);
      const stream = await rowsByStream(wharf.url, product, rest.position);
      const csv = await rowsByCsv(wharf.url, product, dataset, rest.position);
      expect([rest.rows.length, ndjson.length, stream.length, csv.length]).toEqual([rows, rows, rows, rows]);
      if (field)
        expect([sum(rest.rows, field), sum(ndjson, field), sum(stream, field), sum(csv, field)]).toEqual([
          total,
          total,
          total,
          total,
        ]);
      expect(canonicalRows(ndjson)).toEqual(canonicalRows(rest.rows));
      expect(canonicalRows(stream)).toEqual(canonicalRows(rest.rows));
    },
  );

  it.each([
    [2_000, 2_000, 13_567],
    [7_000, 5_000, 38_745],
    [17_000, 10_000, 78_215],
    [37_000, 20_000, 154_078],
  ])(
    'departures at position %i are what its files held until then: %i rows',
    async (position, rows, delay) => {
      const ndjson = await rowsByNdjson(wharf.url, 'flights.departures/v1', 'departures', position);
      expect([ndjson.length, sum(ndjson, 'delay')]).toEqual([rows, delay]);
    },
  );

  it('keeps the text NA as text', async () => {
    const { rows } = await wharf.get<{ rows: unknown[] }>(
      '/p/airports.airports/v1/rows?state=eq.NA&select=iata,state&limit=3',
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toEqual(rows.map((row) => ({ ...(row as object), state: 'NA' })));
  });

  it('says which bird strikes name an airport that is not there, and goes on', async () => {
    const { checks, heldAt } = await wharf.get<{
      heldAt: null;
      checks: { id: string; severity: string; status: string; failing: number; samples: string[] }[];
    }>('/p/hazards.bird-strikes/v1/quality');
    expect(heldAt).toBe(null);
    expect(checks[0]).toMatchObject({
      id: 'known-airport',
      severity: 'warning',
      status: 'failed',
      failing: 430,
    });
    expect(checks[0]?.samples.map((text) => JSON.parse(text).airport)).toEqual([
      'BAD',
      'BAD',
      'BAD',
      'BAD',
      'BAD',
    ]);
    expect(checks.slice(1).every(({ status }) => status === 'passed')).toBe(true);
  });

  it('rejects nothing', async () => {
    const { products } = await wharf.get<{
      products: { product: string; rejects: number; health: string }[];
    }>('/api/status');
    expect(products.filter((p) => p.rejects > 0 || p.health !== 'ok')).toEqual([]);
  });
});
