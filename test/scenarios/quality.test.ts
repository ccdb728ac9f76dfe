/** Checks and the gate, as owners and consumers meet them. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { parseOpenMetrics } from '../support/open-metrics.ts';
import { rowsByRest, rowsByStream } from '../support/read-ports.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const ITEMS = itemsSpec(`gate: true
inputs:
  source: { from: push }
key: [id]
fields:
  id: { type: integer, required: true }
  price: integer
checks:
  - { rows: { max: 5 }, name: few }
  - { sql: "select count(*) from {table} where price < 0", name: not-negative }
  - { nulls: { field: price, max: 40% }, severity: warning, name: priced }
`);

const TOTALS = `product: test.totals
version: 1.0.0
owner: test
purpose: To be derived.
inputs: { items: test.items@1 }
transform: { sql: "select 1 as one, cast(coalesce(sum(price), 0) as bigint) as total from items" }
key: [one]
fields:
  one: { type: integer, required: true }
  total: integer
access:
  - { allow: [anyone] }
`;

interface Check {
  readonly id: string;
  readonly status: string;
  readonly samples: readonly string[];
}
interface Quality {
  readonly position: number;
  readonly journaled: number;
  readonly heldAt: number | null;
  readonly heldBy: readonly string[];
  readonly checks: readonly Check[];
}

interface Slo {
  readonly ageMs: number;
  readonly objectives: readonly { objective: string; good: number; total: number; met: boolean | null }[];
  readonly tier: object;
}

describe('a product with a gate', () => {
  let wharf: WharfProcess | undefined;
  let mesh = '';

  afterEach(async () => {
    await wharf?.stop();
    wharf = undefined;
  });

  const start = async (files: Readonly<Record<string, string>> = { 'items.product.yaml': ITEMS }) => {
    mesh = await meshFolder(files);
    wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
  };
  const restart = async () => {
    await wharf?.kill();
    wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
  };
  const push = async (...records: readonly object[]) => {
    const response = await fetch(`${wharf?.url}/p/test.items/v1/inputs/source`, {
      method: 'POST',
      body: JSON.stringify(records),
      headers: { 'Content-Type': 'application/json' },
    });
    return ((await response.json()) as { position: number }).position;
  };
  const quality = () => (wharf as WharfProcess).get<Quality>('/p/test.items/v1/quality');
  const until = (isRight: (found: Quality) => boolean) => eventually(quality, isRight);
  const served = async (at = '') => {
    const response = await fetch(`${wharf?.url}/p/test.items/v1/rows?select=id,price${at}`);
    const { rows } = (await response.json()) as { rows: unknown };
    return {
      position: Number(response.headers.get('Wharf-Position')),
      warning: response.headers.get('Warning'),
      rows,
    };
  };

  it('serves what passed, keeps back what does not, and goes on when it is corrected', async () => {
    await start({ 'items.product.yaml': ITEMS, 'totals.product.yaml': TOTALS });
    await push({ id: 1, price: 10 }, { id: 2, price: 20 });
    await until((found) => found.position === 2);
    const good = {
      position: 2,
      rows: [
        { id: 1, price: 10 },
        { id: 2, price: 20 },
      ],
    };
    expect(await served()).toEqual({ ...good, warning: null });

    await push({ id: 2, price: -5 });
    await push({ id: 3, price: 30 });
    const held = await until((found) => found.heldAt === 4);
    expect(held).toMatchObject({ position: 2, journaled: 4, heldBy: ['not-negative'] });
    expect(await served()).toEqual({
      ...good,
      warning: '110 wharf "Position 4 of test.items@1 is held back by its checks"',
    });
    expect((await fetch(`${wharf?.url}/p/test.items/v1/rows?at=3`)).status).toBe(400);
    const total = () => (wharf as WharfProcess).get<{ rows: { total: number }[] }>('/p/test.totals/v1/rows');
    expect((await total()).rows).toEqual([{ one: 1, total: 30 }]);
    const { products } = await (wharf as WharfProcess).get<{
      products: { product: string; health: string }[];
    }>('/api/status');
    expect(products[0]).toMatchObject({ product: 'test.items@1', health: 'failing' });

    await push({ id: 2, price: 5 });
    await until((found) => found.position === 5);
    expect(await served()).toMatchObject({ position: 5, warning: null });
    expect((await eventually(total, (found) => found.rows[0]?.total === 45)).rows).toEqual([
      { one: 1, total: 45 },
    ]);
    expect(await served('&at=3')).toMatchObject(good);
    expect(await served('&at=4')).toMatchObject(good);
    expect((await rowsByStream(wharf?.url ?? '', 'test.items/v1', 5)).length).toBe(3);
    expect(wharf?.output.split('\n').filter((line) => line.includes('error: check/'))).toHaveLength(1);
  });

  it('keeps back after a crash what was kept back before, and what nobody had looked at', async () => {
    await start();
    await push({ id: 1, price: 1 });
    await until((found) => found.position === 1);
    await push({ id: 2, price: -1 });
    await restart();
    expect((await served()).position).toBe(1);
    await until((found) => found.heldAt === 2);
    await restart();
    expect(await quality()).toMatchObject({ position: 1, heldAt: 2 });
    await push({ id: 2, price: 1 });
    await until((found) => found.position === 3);
    expect((await rowsByRest(wharf?.url ?? '', 'test.items/v1')).rows.length).toBe(2);
  });

  it('lets through what somebody releases with a reason, and nothing more', async () => {
    await start();
    await push(...[1, 2, 3, 4, 5, 6].map((id) => ({ id, price: 1 })));
    await until((found) => found.heldAt === 6);
    const release = (...more: string[]) =>
      spawnSync(
        process.execPath,
        [path.join(packageRoot, 'bin', 'wharf.js'), 'release', 'test.items', '--mesh', mesh, ...more],
        { encoding: 'utf8' },
      );
    expect(release().status).toBe(2);
    const released = release('--reason', 'we grew');
    expect([released.status, released.stdout]).toEqual([0, 'test.items@1 is published up to position 6.\n']);
    expect((await served()).position).toBe(6);
    expect(release('--reason', 'once more').status).toBe(1);
    const past = async (check: string) => {
      const { results } = await (wharf as WharfProcess).get<{ results: object[] }>(
        `/p/test.items/v1/quality/${check}`,
      );
      return results;
    };
    expect(await past('gate')).toMatchObject([{ status: 'released', position: 6, message: 'we grew' }]);
    expect(await past('few')).toMatchObject([{ status: 'failed', position: 6, measured: '6' }]);
    expect(await past('nothing')).toEqual([]);
    await push({ id: 7, price: 1 });
    expect(await until((found) => found.heldAt === 7)).toMatchObject({ position: 6, heldBy: ['few'] });
  });

  it('publishes in spite of a warning, and shows rows', async () => {
    await start();
    await push({ id: 1 }, { id: 2, price: 1 });
    const found = await until((now) => now.position === 2);
    expect(found.checks[0]).toMatchObject({
      id: 'priced',
      status: 'failed',
      samples: ['{"id":1,"price":null}'],
    });
    expect(found.checks[0]).toMatchObject({ message: '1 of 2 rows (50%) do not hold.' });
  });

  it('measures what it promises, and says so to people and to machines', async () => {
    await start({
      'items.product.yaml': `${ITEMS}slo: { freshness: 1h, availability: 99%, completeness: 60% }\n`,
    });
    await push({ id: 1, price: 1 }, { id: 2, price: 1 }, { id: 'x' });
    await until((found) => found.position === 2);
    await served();
    const slo = await (wharf as WharfProcess).get<Slo>('/p/test.items/v1/slo');
    expect(slo.ageMs).toBeLessThan(60_000);
    const facts = slo.objectives.map(({ objective, good, total, met }) => [objective, good, total, met]);
    expect(facts).toEqual([
      ['freshness', 0, 0, true],
      ['completeness', 2, 3, true],
      ['availability', 1, 1, true],
      ['latency', 0, 1, null],
      ['delivery_lag', 0, 0, null],
    ]);
    expect(slo.tier).toEqual({ declared: 'silver', validRequired: 0.9999, valid: 2 / 3, earned: false });
    const response = await fetch(`${wharf?.url}/metrics`);
    expect(response.headers.get('Content-Type')).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    const text = await response.text();
    const families = parseOpenMetrics(text);
    expect(families.get('wharf_port_latency_seconds')?.samples.length).toBeGreaterThan(5);
    expect(families.get('wharf_compactions')?.samples.length).toBeGreaterThan(0);
    for (const line of [
      'wharf_published_position{product="test.items@1"} 2',
      'wharf_records_rejected_total{product="test.items@1",task="push/test.items@1/source"} 1',
      'wharf_check_passed{product="test.items@1",check="not-negative",severity="error"} 1',
      'wharf_port_requests_total{product="test.items@1",port="rest",status="2xx"} 1',
      'wharf_slo_met{product="test.items@1",objective="completeness"} 1',
      'wharf_active_consumers{product="test.items@1",port="rest"} 1',
    ])
      expect(text.split('\n')).toContain(line);
  });
});
