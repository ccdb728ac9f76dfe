/** Tokens, as their owners and those who should have none meet them. */
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShiftedClock } from '../../src/base/shifted-clock.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { serveHere } from '../support/serve-here.ts';

const ITEMS = itemsSpec('inputs:\n  source: { from: push }\nkey: [id]\nfields:\n  id: { type: integer }\n');

interface Given {
  readonly token: { readonly id: string };
  readonly text: string;
}

describe('tokens', () => {
  const clock = new ShiftedClock(Date.now());
  let serving: Serving;

  beforeAll(async () => {
    serving = await serveHere(await meshFolder({ 'items.product.yaml': ITEMS }), clock, 0);
    await push(1);
  });
  afterAll(() => serving?.close());

  const call = (method: string, target: string, bearer?: string, body?: unknown) =>
    fetch(`${serving.url}${target}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const push = async (id: number) =>
    expect((await call('POST', '/p/test.items/v1/inputs/source', undefined, [{ id }])).ok).toBe(true);
  const create = async (body: unknown, bearer = serving.secret): Promise<Given> => {
    const response = await call('POST', '/api/tokens', bearer, body);
    expect(response.status).toBe(201);
    return (await response.json()) as Given;
  };
  const signedIn = (user: string, password: string) => {
    const { port, pathname } = new URL(serving.sqlUrl ?? '');
    return new Client({ host: '127.0.0.1', port: Number(port), database: pathname.slice(1), user, password });
  };
  const rowsStatus = async (bearer?: string) => (await call('GET', '/p/test.items/v1/rows', bearer)).status;

  it('reads by a token until it is revoked, and never by a wrong one', async () => {
    const { text, token } = await create({ for: 'ana', teams: ['planning'] });
    expect(await rowsStatus(text)).toBe(200);
    expect(await rowsStatus()).toBe(200);
    for (const wrong of [
      `${text}A`,
      'nonsense',
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ.',
      'x'.repeat(9_000),
    ])
      expect(await rowsStatus(wrong)).toBe(401);
    await call('POST', `/api/tokens/${token.id}/revoke`, serving.secret, {});
    const refused = await call('GET', '/p/test.items/v1/rows', text);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('WWW-Authenticate')).toContain('Bearer');
    expect(await refused.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('lets only an operator make tokens, list them, and do what changes products', async () => {
    const { text: mine } = await create({ for: 'ben' });
    const { text: operators } = await create({ for: 'operator:eve' });
    for (const [bearer, status] of [
      [undefined, 403],
      [mine, 403],
      [operators, 200],
    ] as const) {
      expect((await call('GET', '/api/tokens', bearer)).status).toBe(status);
      expect((await call('POST', '/p/test.items/v1/verify', bearer, {})).status).toBe(status);
    }
    expect(await (await call('GET', '/api/tokens', operators)).text()).not.toMatch(/sha256|scram|Key/);
  });

  it('refuses a token for what cannot be', async () => {
    for (const body of [{}, { for: 'robot:x' }, { for: 'ana', actions: ['fly'] }, { for: 'ana', ports: [] }])
      expect((await call('POST', '/api/tokens', serving.secret, body)).status).toBe(400);
  });

  it('is good for no more than it is limited to, also as an operator', async () => {
    const { text: rest } = await create({ for: 'ana', ports: ['rest'], actions: ['read'] });
    const { text: push } = await create({ for: 'operator:eve', products: ['test.items'], actions: ['push'] });
    const csv = '/p/test.items/v1/files/items.csv';
    expect((await call('GET', csv, rest)).status).toBe(403);
    expect([await rowsStatus(rest), await rowsStatus(push)]).toEqual([200, 403]);
    expect((await call('POST', '/p/test.items/v1/inputs/source', push, { id: 77 })).status).toBe(200);
    expect((await call('GET', '/api/tokens', push)).status).toBe(403);
    expect((await call('GET', '/p/system.slo/v1/rows', push)).status).toBe(404);
  });

  it('is limited to actions on the SQL port as on any other', async () => {
    const { text: exports } = await create({ for: 'fay', actions: ['export'] });
    const { text: reads } = await create({ for: 'gus', actions: ['read'], ports: ['sql'] });
    expect((await call('GET', '/p/test.items/v1/files/items.csv', exports)).status).toBe(200);
    expect([await rowsStatus(exports), await rowsStatus(reads)]).toEqual([403, 403]);
    const sql = 'select count(*)::int as n from test.items';
    for (const [name, text, isGiven] of [
      ['fay', exports, false],
      ['gus', reads, true],
    ] as const) {
      const client = signedIn(name, text);
      await client.connect();
      const answer = await client.query(sql).then(
        () => 'given',
        (error: { code: string }) => error.code,
      );
      expect(answer).toBe(isGiven ? 'given' : '42501');
      expect((await call('POST', '/api/sql', text, { sql })).status).toBe(isGiven ? 200 : 403);
      await client.end();
    }
  });

  it('gives nothing more to an open stream once its token is revoked', async () => {
    const { text, token } = await create({ for: 'cleo' });
    const gone = new AbortController();
    const stream = await fetch(`${serving.url}/p/test.items/v1/stream?from=latest`, {
      headers: { Authorization: `Bearer ${text}` },
      signal: gone.signal,
    });
    let told = '';
    const reading = (async () => {
      for await (const chunk of stream.body ?? []) told += Buffer.from(chunk).toString('utf8');
    })().catch(() => undefined);
    await push(101);
    await eventually(
      async () => told,
      (text) => text.includes('101'),
    );
    expect(told).toContain('101');
    await call('POST', `/api/tokens/${token.id}/revoke`, serving.secret, {});
    await push(102);
    await push(103);
    // What is pushed is seen by others; the stream had as long.
    await eventually(
      async () => (await call('GET', '/p/test.items/v1/rows?id=eq.103')).text(),
      (text) => text.includes('103'),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    gone.abort();
    await reading;
    expect(told).not.toContain('102');
    expect(told).not.toContain('103');
  });

  it('asks a name that has tokens for one of them on the SQL port, and ends with it', async () => {
    const { text, token } = await create({ for: 'dora' });
    const client = signedIn('dora', text);
    await client.connect();
    expect((await client.query('select count(*)::int as n from test.items')).rows[0].n).toBeGreaterThan(0);
    await expect(signedIn('dora', 'wrong').connect()).rejects.toMatchObject({ code: '28P01' });
    const open = signedIn('somebody', '');
    await open.connect();
    await open.end();
    await call('POST', `/api/tokens/${token.id}/revoke`, serving.secret, {});
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '28000' });
    await client.end();
  });
});
