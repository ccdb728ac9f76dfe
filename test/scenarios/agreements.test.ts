/** Requests, agreements and the audit, as consumers, owners and auditors meet them. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { ShiftedClock } from '../../src/base/shifted-clock.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { serveHere } from '../support/serve-here.ts';

const ITEMS = itemsSpec(`inputs:
  source: { from: push }
key: [id]
fields:
  id: { type: integer, required: true }
  price: integer
`);
const DAY_MS = 86_400_000;

interface Agreement {
  readonly id: string;
  readonly status: string;
  readonly ports: readonly string[];
  readonly until: string;
  readonly reason: string | null;
  readonly decided_by: string | null;
}

describe('requests, agreements and the audit', () => {
  const clock = new ShiftedClock(Date.now());
  let mesh = '';
  let serving: Serving;

  beforeAll(async () => {
    mesh = await meshFolder({ 'items.product.yaml': ITEMS });
    serving = await serveHere(mesh, clock);
  });
  afterAll(() => serving?.close());

  const day = (days: number) => new Date(clock.nowMs() + days * DAY_MS).toISOString().slice(0, 10);
  const call = async (method: string, target: string, body?: unknown, secret?: string) => {
    const response = await fetch(`${serving.url}${target}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(secret === undefined ? {} : { Authorization: `Bearer ${secret}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as never };
  };
  const owner = (method: string, target: string, body?: unknown) =>
    call(method, target, body, serving.secret);
  const ask = async (more: object = {}) => {
    const asked = {
      consumer: 'team:planning',
      purpose: 'To plan.',
      until: day(30),
      ports: ['sql', 'rest'],
      ...more,
    };
    return call('POST', '/p/test.items/requests', asked);
  };
  const wharf = (...args: readonly string[]) =>
    new Promise<{ code: number | null; out: string }>((resolve) => {
      const child = spawn(process.execPath, [
        ...[path.join(packageRoot, 'bin', 'wharf.js'), ...args],
        ...['--mesh', mesh, '--data', path.join(mesh, '.wharf'), '--json'],
      ]);
      let out = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += chunk));
      child.once('exit', (code) => resolve({ code, out }));
    });
  const audited = async () => {
    const { body } = await owner('GET', '/p/system.audit/v1/rows?limit=1000');
    return (
      body as { rows: { action: string; principal: string; port: string | null; rows: number | null }[] }
    ).rows;
  };

  it('are granted in part, at once, and end by themselves after the last day', async () => {
    const { status, body } = await ask();
    const { id } = body as Agreement;
    expect([status, (body as Agreement).status]).toEqual([201, 'requested']);
    const target = `/p/test.items/v1/agreements/${id}/approve`;
    expect((await call('POST', target, {})).status).toBe(403);
    expect((await owner('POST', target, { ports: ['files'] })).status).toBe(400);
    expect((await owner('POST', target, { until: day(31) })).status).toBe(400);
    const granted = await owner('POST', target, { ports: ['sql'], until: day(2), reason: 'SQL will do.' });
    expect(granted.body).toMatchObject({
      status: 'approved',
      ports: ['sql'],
      until: day(2),
      decided_by: 'operator',
    });
    expect((await owner('POST', target, {})).status).toBe(409);

    const product = serving.platform.products.get('test.items@1').product;
    const { agreements } = serving.platform;
    expect(agreements.grants(product)).toMatchObject([
      { effect: 'allow', who: ['team:planning'], ports: ['sql'], purpose: 'To plan.', mask: {} },
    ]);
    clock.setForward(clock.nowMs() + 3 * DAY_MS);
    expect(agreements.grants(product)).toEqual([]);
    const ended = await eventually(
      async () => (await agreements.list(product.id)).find((one) => one.id === id),
      (one) => one?.status === 'ended',
    );
    expect(ended).toMatchObject({ status: 'ended', reason: expect.stringContaining('Its last day was') });
  });

  it('are refused with a reason, ended early, and still there after a restart', async () => {
    const first = (await ask({ fields: ['id'], ports: [] })).body as Agreement;
    const second = (await ask({ fields: ['id'], ports: [] })).body as Agreement;
    const at = (id: string) => `/p/test.items/v1/agreements/${id}`;
    expect((await owner('POST', `${at(first.id)}/refuse`, { reason: ' ' })).status).toBe(400);
    expect((await owner('POST', `${at(first.id)}/refuse`, { reason: 'No.' })).body).toMatchObject({
      status: 'refused',
      reason: 'No.',
    });
    await owner('POST', `${at(second.id)}/approve`, {});
    const { product } = serving.platform.products.get('test.items@1');
    expect(serving.platform.agreements.grants(product)).toMatchObject([{ mask: { price: null } }]);
    await serving.close();
    serving = await serveHere(mesh, clock);
    const again = serving.platform.products.get('test.items@1').product;
    await serving.platform.agreements.ready();
    expect(serving.platform.agreements.grants(again)).toHaveLength(1);
    expect((await owner('POST', `${at(second.id)}/end`, { reason: 'Misused.' })).body).toMatchObject({
      status: 'ended',
      reason: 'Misused.',
    });
    expect(serving.platform.agreements.grants(again)).toEqual([]);
    expect((await owner('POST', `${at('0123456789abcdef')}/end`, { reason: 'x' })).status).toBe(404);
  });

  it.each([
    [{ consumer: 'ana' }, 400],
    [{ consumer: undefined }, 400],
    [{ ports: ['graphql'] }, 400],
    [{ fields: ['nothing'] }, 400],
    [{ until: '2001-01-01' }, 400],
    [{ until: 'soon' }, 400],
    [{ purpose: ' ' }, 400],
    [{ contact: 'ana\r\nBcc: b@c.d' }, 400],
  ])('are not taken when they name what cannot be: %j', async (more, status) => {
    const before = (await serving.platform.agreements.list()).length;
    expect((await ask(more)).status).toBe(status);
    expect((await serving.platform.agreements.list()).length).toBe(before);
  });

  it('hide the audit and the agreements from everybody else, in the words for what is not there', async () => {
    const there = ['', '/rows', '/files', '/schema.json', '/quality', '/stream', '/slo', '/openapi.json'];
    for (const name of ['audit', 'agreements'])
      for (const below of there) {
        const hidden = await call('GET', `/p/system.${name}/v1${below}`);
        const absent = await call('GET', `/p/system.nothing/v1${below}`);
        const told = JSON.stringify(hidden).replaceAll(`system.${name}`, 'system.nothing');
        expect([below, told]).toEqual([below, JSON.stringify(absent)]);
      }
    const sql = await call('POST', '/api/sql', { sql: 'select * from system.audit' });
    expect(sql.body).toMatchObject({ code: 'TABLE_UNKNOWN' });
    expect(JSON.stringify((await call('GET', '/api/products')).body)).not.toContain('system.audit');
  });

  it('audit what is read of them and what the operator changes, and prove it', async () => {
    await audited();
    const entries = await audited();
    expect(entries.at(-1)).toMatchObject({
      action: 'read',
      principal: 'operator',
      port: 'rest',
      rows: entries.length - 1,
    });
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['agreement.request', 'agreement.approve', 'agreement.refuse', 'agreement.end']),
    );
    // Who asks in somebody else's name is written down as who they are.
    const asked = entries.filter(({ action }) => action === 'agreement.request');
    expect(new Set(asked.map(({ principal }) => principal))).toEqual(new Set(['anyone']));
    await owner('POST', '/p/test.items/v1/verify');
    expect((await audited()).map(({ action }) => action)).toContain('verify');

    const { code, out } = await wharf('audit');
    const report = JSON.parse(out) as { ok: boolean; hash: string; entries: number };
    expect([code, report.ok]).toEqual([0, true]);
    await audited();
    const verify = (known: string) => owner('POST', '/api/audit/verify', { known });
    expect((await verify(report.hash)).body).toMatchObject({ ok: true, problem: null });
    const other = report.hash.replace(/^./, (digit) => (digit === 'e' ? 'f' : 'e'));
    expect((await verify(other)).body).toMatchObject({
      ok: false,
      problem: `No entry has the hash "${other}".`,
    });
  });

  it('give nothing privileged while the audit cannot be written', async () => {
    const { journal } = serving.platform.services;
    const commit = journal.commit.bind(journal);
    journal.commit = () => Promise.reject(new Error('the disk is full'));
    const read = await owner('GET', '/p/system.audit/v1/rows');
    const open = await call('GET', '/p/test.items/v1/rows');
    const change = await owner('POST', '/p/test.items/v1/verify');
    journal.commit = commit;
    expect([read.status, read.body]).toEqual([503, expect.objectContaining({ code: 'AUDIT_UNAVAILABLE' })]);
    expect(change.body).toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(open.status).toBe(200);
    expect((await owner('GET', '/p/system.audit/v1/rows')).status).toBe(200);
    expect((await owner('POST', '/api/audit/verify')).body).toMatchObject({ ok: true });
  });

  it('can be asked for and answered by command', async () => {
    const asked = await wharf(
      'request',
      'test.items',
      '--for',
      'user:ana',
      '--purpose',
      'To try.',
      '--until',
      day(9),
    );
    const { id } = JSON.parse(asked.out) as Agreement;
    const listed = JSON.parse((await wharf('agreements', 'test.items')).out) as { agreements: Agreement[] };
    expect(listed.agreements[0]).toMatchObject({ id, status: 'requested' });
    const answered = await wharf('agreements', 'test.items', '--approve', id, '--ports', 'rest');
    expect(JSON.parse(answered.out)).toMatchObject({ id, status: 'approved', ports: ['rest'] });
    expect((await wharf('agreements', 'test.items', '--refuse', id)).code).toBe(2);
  });
});
