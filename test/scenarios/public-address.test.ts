/** A mesh that other machines can reach: over TLS, and for those alone who show a token. */
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineLog } from '../../src/base/log.ts';
import { ShiftedClock } from '../../src/base/shifted-clock.ts';
import { findServer } from '../../src/runtime/find-server.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { type Issuer, startIssuer } from '../support/issuer.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { serveHere } from '../support/serve-here.ts';
import { RENEWED_CERTIFICATE, RENEWED_KEY, TEST_CERTIFICATE, TEST_KEY } from '../support/test-certificate.ts';

const SPEC = itemsSpec(`inputs: { source: { from: push } }
key: [id]
fields: { id: string }
outputs: { rest: {}, sql: {}, stream: {} }
`);
const EVERYWHERE = '0.0.0.0';

interface Asked {
  readonly token?: string;
  readonly host?: string;
  readonly accept?: string;
  readonly ca?: string;
}

describe('an address that other machines can reach', () => {
  let issuer: Issuer;
  let serving: Serving;
  let folder: string;
  const log: string[] = [];
  const clock = new ShiftedClock(Date.now());

  function meshOf(serve: object): string {
    return JSON.stringify({ mesh: 'public', sign_in: issuer.signIn, serve });
  }

  beforeAll(async () => {
    issuer = await startIssuer();
    folder = await meshFolder({
      'cert.pem': TEST_CERTIFICATE,
      'key.pem': TEST_KEY,
      'mesh.yaml': meshOf({ tls: { certificate: 'cert.pem', key: 'key.pem' }, tokens: 'required' }),
      'items.product.yaml': SPEC,
    });
    serving = await serveHere(
      folder,
      clock,
      0,
      lineLog((line) => log.push(line)),
      EVERYWHERE,
    );
  });
  afterAll(async () => {
    await serving?.close();
    await issuer?.close();
  });

  async function get(
    target: string,
    { token, host = 'localhost', accept = '*/*', ca = TEST_CERTIFICATE }: Asked = {},
  ) {
    const { port } = new URL(serving.url);
    const headers = {
      Host: `${host}:${port}`,
      Accept: accept,
      ...(token && { Authorization: `Bearer ${token}` }),
    };
    return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: target, headers, ca, agent: false };
      request({ ...options, servername: 'localhost' }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode, text }));
      })
        .on('error', reject)
        .end();
    });
  }

  async function whoBySql(user: string, password: string, ssl: object | undefined): Promise<string> {
    const port = Number(new URL(serving.sqlUrl ?? '').port);
    const client = new pg.Client({ host: 'localhost', port, database: 'public', user, password, ssl });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query('select count(*)::int as n from test.items');
    await client.end();
    return rows[0].n;
  }

  it.each([
    ['no certificate', { tokens: 'required' }, 'there is no certificate.'],
    ['tokens left optional', { tls: { certificate: 'cert.pem', key: 'key.pem' } }, 'no rule that everybody'],
    ['neither', {}, 'no certificate and no rule'],
  ])('is not listened on with %s', async (_what, serve, message) => {
    const other = await meshFolder({
      'cert.pem': TEST_CERTIFICATE,
      'key.pem': TEST_KEY,
      'mesh.yaml': meshOf(serve),
    });
    const failure = await serveHere(other, clock, undefined, undefined, EVERYWHERE).catch((e) => e);
    expect(failure).toMatchObject({ code: 'LISTEN_FAILED' });
    expect(failure.message).toContain(message);
  });

  it('tells nothing to who shows no token, and everything that rules allow to who does', async () => {
    const { text } = await serving.platform.tokens.create(
      { kind: 'user', name: 'ben', teams: [], attributes: {} },
      undefined,
    );
    for (const target of [
      '/api/products',
      '/p/test.items/v1/rows',
      '/p/test.items/v1/stream',
      '/metrics',
      '/readyz',
      '/api/me',
    ]) {
      expect([target, (await get(target)).status]).toEqual([target, 401]);
      if (target.endsWith('stream')) continue;
      expect([target, (await get(target, { token: text })).status]).toEqual([target, 200]);
    }
    expect((await get('/p/test.items/v1/rows', { token: await issuer.token({ sub: 'ana' }) })).status).toBe(
      200,
    );
    expect((await get('/api/me', { token: 'wrong' })).status).toBe(401);
  });

  it('says that it answers, and shows people the page on which they sign in', async () => {
    expect((await get('/healthz')).status).toBe(200);
    const page = await get('/p/test.items/v1', { accept: 'text/html' });
    expect(page.text).not.toContain('test.items');
    expect(page.status).not.toBe(401);
  });

  it('answers to the names of its certificate, and to no others', async () => {
    expect(serving.url).toMatch(/^https:\/\/localhost:\d+$/);
    expect((await get('/healthz', { host: 'evil.example.com' })).status).toBe(403);
  });

  it('is reached by the commands of its own machine without trust in its certificate', async () => {
    const found = await findServer(path.join(folder, '.wharf'));
    const answer = await fetch(`${found?.url}/api/me`, {
      headers: { Authorization: `Bearer ${found?.secret}` },
    });
    expect(await answer.json()).toMatchObject({ principal: 'operator' });
    expect((await fetch(`${found?.url}/api/me`)).status).toBe(401);
  });

  it('takes the token of an issuer as the password of a Postgres client, over TLS alone', async () => {
    const ssl = { ca: TEST_CERTIFICATE };
    const token = await issuer.token({ sub: 'ana' });
    expect(await whoBySql('ana', token, ssl)).toBe(0);
    await expect(whoBySql('ana', token, undefined)).rejects.toMatchObject({ code: '28000' });
    const wrong: readonly (readonly [string, string])[] = [
      ['ben', token],
      ['operator', token],
      ['anyone', ''],
      ['ana', 'wrong'],
      ['ana', await issuer.token({ sub: 'ana' }, 1)],
    ];
    const told = await Promise.all(
      wrong.map(([user, password]) => whoBySql(user, password, ssl).catch((e) => e.code)),
    );
    expect(told).toEqual(wrong.map(() => '28P01'));
    const { text } = await serving.platform.tokens.create(
      { kind: 'service', name: 'etl', teams: [], attributes: {} },
      undefined,
    );
    expect(await whoBySql('service:etl', text, ssl)).toBe(0);
  });

  it('shows a renewed certificate without a restart, and the old one while there is half of one', async () => {
    const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
    const aMinuteLater = <T>(look: () => T): T => {
      clock.setForward(clock.nowMs() + 61_000);
      return look();
    };
    await write('cert.pem', RENEWED_CERTIFICATE);
    await expect
      .poll(() => aMinuteLater(() => log.join()), { timeout: 60_000 })
      .toContain('The certificate stays as it was');
    expect((await get('/healthz')).status).toBe(200);
    await write('key.pem', RENEWED_KEY);
    const renewed = () => get('/healthz', { ca: RENEWED_CERTIFICATE }).catch((error: Error) => error);
    await expect.poll(() => aMinuteLater(renewed), { timeout: 60_000 }).toMatchObject({ status: 200 });
    const { text } = await serving.platform.tokens.create(
      { kind: 'user', name: 'eve', teams: [], attributes: {} },
      undefined,
    );
    expect(await whoBySql('eve', text, { ca: RENEWED_CERTIFICATE })).toBe(0);
  });
});
