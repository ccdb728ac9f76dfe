import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { ShiftedClock } from '../../base/shifted-clock.ts';
import type { Mesh } from '../../spec/model.ts';
import { callerOf, knowCallers } from '../http/caller.ts';
import { problemHandler, Teller } from '../http/problem.ts';
import { OpenId } from './open-id.ts';
import type { TokenStore } from './token-store.ts';

const ISSUER = 'https://id.example.com';
const DAY_S = 86_400;
type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

describe('a token of an OpenID Connect issuer', () => {
  const clock = new ShiftedClock(Date.UTC(2026, 10, 21, 12));
  const app = Fastify();
  let server: Server;
  let good: Key;
  let other: Key;
  let publicPem = '';
  let asked = 0;

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    good = pair.privateKey;
    other = (await generateKeyPair('ES256')).privateKey;
    publicPem = await exportSPKI(pair.publicKey);
    const keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] };
    server = createServer((_request, response) => {
      asked += 1;
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(keys));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const signIn = {
      ...{ issuer: ISSUER, audience: 'wharf', jwks, algorithms: ['ES256', 'RS256'] },
      ...{ nameClaim: 'sub', groupsClaim: 'groups' },
    };
    const teams = ['planning', 'sales'].map((name) => ({ name, members: name === 'sales' ? ['ana'] : [] }));
    const openId = new OpenId(signIn, teams as unknown as Mesh['teams'], { clock, log: silentLog });
    knowCallers(app, {
      tokens: { holderOf: () => undefined } as unknown as TokenStore,
      secret: 'secret',
      openId,
      needsToken: false,
    });
    app.setErrorHandler(problemHandler(new Teller(silentLog)));
    app.get('/', async (request) => callerOf(request).principal);
    await app.ready();
  });
  afterAll(async () => {
    await app.close();
    await new Promise((resolve) => server.close(resolve));
  });

  interface More {
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly header?: Readonly<Record<string, unknown>>;
    readonly key?: Key;
    readonly issuer?: string;
    readonly audience?: string;
    readonly endS?: number;
  }

  function token({
    claims = {},
    header = {},
    key = good,
    issuer,
    audience,
    endS,
  }: More = {}): Promise<string> {
    const nowS = Math.floor(clock.nowMs() / 1_000);
    return new SignJWT({ sub: 'ana', groups: ['planning', 'strangers', 'wharf'], ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
      .setIssuer(issuer ?? ISSUER)
      .setAudience(audience ?? 'wharf')
      .setExpirationTime(endS ?? nowS + DAY_S)
      .sign(key);
  }

  async function answer(text: string) {
    const response = await app.inject({ url: '/', headers: { authorization: `Bearer ${text}` } });
    return { status: response.statusCode, body: response.json() };
  }

  function unsigned(header: object, sign: (text: string) => string): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const exp = Math.floor(clock.nowMs() / 1_000) + DAY_S;
    const text = `${part(header)}.${part({ sub: 'ana', iss: ISSUER, aud: 'wharf', exp })}`;
    return `${text}.${sign(text)}`;
  }

  it('says who its bearer is, and of which teams of the mesh', async () => {
    expect(await answer(await token())).toMatchObject({
      status: 200,
      body: { kind: 'user', name: 'ana', teams: ['planning', 'sales'] },
    });
  });

  it.each<[string, () => Promise<string> | string]>([
    ['is not signed', () => unsigned({ alg: 'none' }, () => '')],
    [
      'is not signed, with something in the place of a signature',
      () => unsigned({ alg: 'none' }, () => 'AA'),
    ],
    [
      'is signed with the public key as if it were a secret',
      () =>
        unsigned({ alg: 'HS256', kid: 'k1' }, (text) =>
          createHmac('sha256', publicPem).update(text).digest('base64url'),
        ),
    ],
    ['is signed with another key', () => token({ key: other })],
    ['says where its key is', () => token({ key: other, header: { jku: 'http://127.0.0.1:1/keys' } })],
    ['names its key by a path', () => token({ key: other, header: { kid: '../../../../dev/null' } })],
    ['is of another issuer', () => token({ issuer: 'https://evil.example.com' })],
    ['is for somebody else', () => token({ audience: 'another' })],
    ['has expired', () => token({ endS: Math.floor(clock.nowMs() / 1_000) - 60 })],
    ['is not good yet', () => token({ claims: { nbf: Math.floor(clock.nowMs() / 1_000) + 3_600 } })],
    ['is of nobody', () => token({ claims: { sub: '' } })],
    ['is of a name that could be taken for something else', () => token({ claims: { sub: 'x, operator' } })],
    ['is 1 MB long', () => `${'a'.repeat(500_000)}.${'a'.repeat(500_000)}.a`],
    [
      'has a changed claim',
      async () => (await token()).replace(/\.(.)/, (_, c) => `.${c === 'e' ? 'f' : 'e'}`),
    ],
  ])('is refused when it %s', async (_what, make) => {
    expect(await answer(await make())).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('does not make the server ask for keys again and again', () => {
    expect(asked).toBeLessThanOrEqual(2);
  });
});
