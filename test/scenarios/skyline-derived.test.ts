/**
 * The derived products of the demo mesh: the figures are those of the public files, computed without Wharf, and every row of
 * `flights.airport-delays` is computed here once more, in plain JavaScript.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { canonicalRows, rowsByCsv, rowsByNdjson, rowsByRest, rowsByStream } from '../support/read-ports.ts';
import { verify } from '../support/run-wharf.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const MESH = path.join(packageRoot, 'examples', 'skyline');
const DERIVED = ['flights.airport-delays', 'hazards.airport-hazards', 'airports.scorecard'] as const;

type Row = Readonly<Record<string, string | null>>;

/** One product's rows at one position, which must be the same through every port. */
async function rowsOf(wharf: WharfProcess, product: string): Promise<{ position: number; rows: Row[] }> {
  const dataset = product.split('.')[1] ?? '';
  const address = `${product}/v1`;
  const { position, rows } = await rowsByRest(wharf.url, address);
  const ndjson = await rowsByNdjson(wharf.url, address, dataset, position);
  const stream = await rowsByStream(wharf.url, address, position);
  const csv = await rowsByCsv(wharf.url, address, dataset, position);
  expect(canonicalRows(ndjson)).toEqual(canonicalRows(rows));
  expect(canonicalRows(stream)).toEqual(canonicalRows(rows));
  expect(csv.length).toBe(rows.length);
  return { position, rows: rows as Row[] };
}

function number(value: string | null | undefined): number {
  return Number(value?.replace('#', ''));
}

function total(rows: readonly Row[], field: string): number {
  return rows.reduce((sum, row) => sum + number(row[field]), 0);
}

function byDay(rows: readonly Row[]): Map<string, Row[]> {
  const days = new Map<string, Row[]>();
  for (const row of rows) days.set(row.day ?? '', [...(days.get(row.day ?? '') ?? []), row]);
  return days;
}

interface Departure {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** Per airport and day, as the file has them; departures that are told twice count once. */
async function delaysOfFile(): Promise<unknown[]> {
  const file = new URL('../data/flights-20k.json', import.meta.resolve('vega-datasets'));
  const departures = JSON.parse(await readFile(fileURLToPath(file), 'utf8')) as Departure[];
  const told = new Set<string>();
  const days = new Map<string, { flights: number; minutes: number; worst: number }>();
  for (const departure of departures) {
    const { date, delay, origin } = departure;
    const record = JSON.stringify(departure);
    if (told.has(record)) continue;
    told.add(record);
    const name = `${origin} ${date.slice(0, 10).replaceAll('/', '-')}`;
    const day = days.get(name) ?? { flights: 0, minutes: 0, worst: Number.NEGATIVE_INFINITY };
    const worst = Math.max(day.worst, delay);
    days.set(name, { flights: day.flights + 1, minutes: day.minutes + delay, worst });
  }
  return [...days].map(([name, { flights, minutes, worst }]) => {
    const [airport, day] = name.split(' ');
    return { airport, day, flights: `#${flights}`, delay_minutes: `#${minutes}`, worst: `#${worst}` };
  });
}

async function expectFigures(wharf: WharfProcess): Promise<void> {
  const delays = await rowsOf(wharf, 'flights.airport-delays');
  const days = byDay(delays.rows);
  expect(days.size).toBe(90);
  expect(new Set(delays.rows.map((row) => row.airport)).size).toBe(220);
  const minutes = [...days].map(([day, rows]) => ({ day, minutes: total(rows, 'delay_minutes') }));
  const worst = minutes.reduce((a, b) => (b.minutes > a.minutes ? b : a));
  expect(worst).toEqual({ day: '2001-02-25', minutes: 5_960 });
  expect(total(days.get('2001-02-25') ?? [], 'flights')).toBe(209);
  expect(canonicalRows(delays.rows)).toEqual(canonicalRows(await delaysOfFile()));

  const hazards = await rowsOf(wharf, 'hazards.airport-hazards');
  expect(hazards.rows.length).toBe(49);

  const scorecard = await rowsOf(wharf, 'airports.scorecard');
  expect(scorecard.rows.length).toBe(49);
  const dallas = scorecard.rows.find((row) => row.airport === 'DFW');
  expect(dallas).toMatchObject({
    departures: '#1103',
    delay_minutes: '#10462',
    flights_2008: '#281281',
    strikes: '#907',
  });
}

describe('the derived products of Skyline', () => {
  let wharf: WharfProcess;
  let data: string;

  beforeAll(async () => {
    data = await temporaryFolder('skyline-derived');
    wharf = await WharfProcess.start({ mesh: MESH, data });
    await wharf.untilReady();
  });

  afterAll(async () => wharf?.stop());

  it('have the figures of the public files through rest, files and stream', async () => {
    await expectFigures(wharf);
  });

  it.each(DERIVED)('%s is what its query gives over its inputs, says wharf verify', (product) => {
    const { status, answer } = verify(MESH, data, product);
    expect(status).toBe(0);
    expect(answer.ok).toBe(true);
    expect(answer.datasets.map(({ against }) => against)).toEqual(['log', 'inputs']);
    expect(answer.datasets.every(({ rows }) => rows >= 49)).toBe(true);
  });

  it('have the same figures at the same positions after a kill and a restart', async () => {
    const positions = async () =>
      Promise.all(DERIVED.map(async (product) => (await rowsByRest(wharf.url, `${product}/v1`)).position));
    const before = await positions();
    await wharf.kill();
    wharf = await WharfProcess.start({ mesh: MESH, data });
    await wharf.untilReady();
    expect(await positions()).toEqual(before);
    await expectFigures(wharf);
  });
});
