/** What takes effect while something is being given: an agreement that ends, a token that is revoked. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Agreement } from '../../src/access/agreement.ts';
import { lineLog } from '../../src/base/log.ts';
import { ShiftedClock } from '../../src/base/shifted-clock.ts';
import { deliveries } from '../../src/deliver/index.ts';
import { inputs } from '../../src/inputs/index.ts';
import { ports } from '../../src/ports/index.ts';
import { followRules } from '../../src/runtime/access/follow-rules.ts';
import { checkMesh } from '../../src/runtime/check/check-mesh.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { meshFolder } from '../support/mesh-folder.ts';
import { serveHere } from '../support/serve-here.ts';

const PRODUCT = 'test.items';
const SPEC = `product: ${PRODUCT}
version: 1.0.0
owner: owners
alignment: source
tier: silver
purpose: To be tested.
inputs: { source: { from: push } }
key: [id]
fields: { id: { type: integer, required: true }, price: integer }
outputs: { rest: {}, sql: {}, files: {}, stream: {} }
access:
  - { allow: [anyone], actions: [discover] }
  - { allow: [user:ben] }
`;
const REGISTRIES = { inputs, ports, deliveries };
/** Until something is told; it fails by what it was, not by the time. */
const LONG = { timeout: 60_000 };
const DAY_MS = 86_400_000;
const ROWS = 3_000;

describe('a change of access', () => {
  const clock = new ShiftedClock(Date.now());
  let serving: Serving;
  let folder: string;
  beforeAll(async () => {
    folder = await meshFolder({ 'items.product.yaml': SPEC });
    serving = await serveHere(folder, clock, 0);
    const rows = Array.from({ length: ROWS }, (_, id) => ({ id, price: id }));
    expect((await call('POST', '/inputs/source', serving.secret, rows)).status).toBe(200);
  });
  afterAll(() => serving?.close());

  const call = (method: string, below: string, bearer?: string, body?: unknown) =>
    fetch(`${serving.url}/p/${PRODUCT}/v1${below}`, {
      method,
      headers: {
        'Wharf-Purpose': 'To plan.',
        ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  const tokenOf = (name: string) =>
    serving.platform.tokens.create({ kind: 'user', name, teams: [], attributes: {} }, undefined);

  /** An agreement in force, for so many days. */
  const agreed = async (name: string, days: number): Promise<Agreement> => {
    const until = new Date(clock.nowMs() + days * DAY_MS).toISOString().slice(0, 10);
    const asked = await call('POST', '/requests', undefined, {
      consumer: `user:${name}`,
      purpose: 'To plan.',
      until,
    });
    const { id } = (await asked.json()) as Agreement;
    const answer = await call('POST', `/agreements/${id}/approve`, serving.secret, {});
    expect(answer.status).toBe(200);
    return (await answer.json()) as Agreement;
  };

  /** Streams, a cursor with rows that were fetched and not taken, and pages, all open under the same access. */
  const opened = async (name: string, text: string) => {
    const stream = await call('GET', '/stream?from=latest', text);
    const rows = await call('GET', '/rows?limit=1', text);
    const client = new pg.Client({
      ...{ host: '127.0.0.1', port: Number(new URL(serving.sqlUrl ?? '').port), database: 'test_mesh' },
      ...{ user: name, password: text },
    });
    await client.connect();
    await client.query("set wharf.purpose = 'To plan.'");
    await client.query('begin');
    await client.query('declare c cursor for select id from test.items');
    const { rowCount } = await client.query('fetch 10 from c');
    expect([stream.status, rows.status, rowCount]).toEqual([200, 200, 10]);
    return { stream, client };
  };

  it('ends what an agreement allowed: streams that nothing comes through, cursors, pages, statements', async () => {
    const { text } = await tokenOf('ana');
    expect((await call('GET', '/rows', text)).status).toBe(403);
    const { id } = await agreed('ana', 9);
    const { stream, client } = await opened('ana', text);
    await call('POST', `/agreements/${id}/end`, serving.secret, { reason: 'Misused.' });
    expect((await call('GET', '/rows', text)).status).toBe(403);
    await expect(client.query('fetch 10 from c')).rejects.toMatchObject({ code: '42501' });
    await client.query('rollback');
    await expect(client.query('select 1 from test.items')).rejects.toMatchObject({ code: '42501' });
    expect(await stream.text()).toContain('ACCESS_CHANGED');
    await client.end();
  });

  it('comes by itself after the last day', async () => {
    const { text } = await tokenOf('cleo');
    await agreed('cleo', 1);
    const stream = await call('GET', '/stream?from=latest', text);
    expect(stream.status).toBe(200);
    clock.setForward(clock.nowMs() + 2 * DAY_MS);
    expect((await call('GET', '/rows', text)).status).toBe(403);
    expect(await stream.text()).toContain('ACCESS_CHANGED');
  });

  it('is that of a token that is revoked, too', async () => {
    const { text, token } = await tokenOf('ben');
    const { stream, client } = await opened('ben', text);
    await serving.platform.tokens.revoke(token.id);
    await expect(client.query('fetch 10 from c')).rejects.toMatchObject({ code: '28000' });
    expect(await stream.text()).toContain('UNAUTHENTICATED');
    await client.end();
  });

  it('is that of a rule in the specs, once the mesh was checked again', async () => {
    const log: string[] = [];
    const closing = new AbortController();
    // Not that of the mesh: a session that holds a cursor open would wait too long by it.
    const looking = new ShiftedClock(clock.nowMs());
    const { mesh, sources } = await checkMesh(folder, REGISTRIES);
    expect(mesh).toBeDefined();
    const following = followRules(serving.platform, {
      ...{ registries: REGISTRIES, sources, clock: looking, signal: closing.signal },
      log: lineLog((line) => log.push(line)),
    });
    const write = (spec: string) => writeFile(path.join(folder, 'items.product.yaml'), spec);
    const told = (text: string) =>
      expect
        .poll(() => {
          looking.setForward(looking.nowMs() + 2_000);
          return log.join('\n');
        }, LONG)
        .toContain(text);
    const { text } = await tokenOf('ben');
    const { stream, client } = await opened('ben', text);
    await write(SPEC.replace('user:ben', 'user:nobody').replace('price: integer', 'price: string'));
    await told('More than rules of access has changed');
    await write(SPEC.replace('user:ben', 'user:nobody, rows: "nothing > 3"'));
    await told('are not right');
    expect((await call('GET', '/rows', text)).status).toBe(200);
    await write(SPEC.replace('user:ben', 'user:nobody'));
    await told('Rules of access have changed: test.items@1');
    expect((await call('GET', '/rows', text)).status).toBe(403);
    await expect(client.query('fetch 10 from c')).rejects.toMatchObject({ code: '42501' });
    expect(await stream.text()).toContain('ACCESS_CHANGED');
    await client.end();
    await write(`${SPEC}  - { allow: [anyone] }\n`);
    await expect
      .poll(async () => {
        looking.setForward(looking.nowMs() + 2_000);
        return (await call('GET', '/rows')).status;
      }, LONG)
      .toBe(200);
    closing.abort(new Error('closing'));
    await following;
  });
});
