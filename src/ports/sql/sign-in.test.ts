import { connect as connectTls, createSecureContext } from 'node:tls';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_CERTIFICATE, TEST_KEY } from '../../../test/support/test-certificate.ts';
import { int32, query, sqlState, startup, WireClient } from '../../../test/support/wire-client.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { SqlHost, SqlListener, SqlRun, SqlService, SqlSignIn } from '../../kit/sql.ts';
import { dataRow } from '../../protocols/postgres/backend-messages.ts';
import { scramKeys } from '../../protocols/postgres/scram.ts';
import { WRONG_PASSWORD_MS } from './sql-limits.ts';
import { sqlPort } from './sql-port.ts';

const CONTEXT = createSecureContext({ cert: TEST_CERTIFICATE, key: TEST_KEY });
const SALT = Buffer.from('a salt of the test');
const ITERATIONS = 4_096;
const SSL_REQUEST = Buffer.concat([int32(8), int32(80_877_103)]);

/** Answers every statement with who asked. */
const service: SqlService = {
  vector: (at) => ({ at, timeUs: 0, position: async () => 0 }),
  describe: async () => ({ columns: [{ name: 'me', type: 'VARCHAR' }], params: [] }),
  run: async ({ principal }: SqlRun) => ({
    columns: [{ name: 'me', type: 'VARCHAR' }],
    params: [],
    positions: {},
    page: { bytes: dataRow([`${principal.name}/${principal.access}`]), rows: 1, done: true },
    check: () => undefined,
    fetch: async () => ({ bytes: Buffer.alloc(0), rows: 0, done: true }),
    close: async () => undefined,
  }),
};

async function signIn(user: string): Promise<SqlSignIn> {
  if (user === 'guest') return { kind: 'open', principal: { name: 'guest', access: 'open' } };
  const tokens = user === 'ann' ? ['first token', 'second token'] : [];
  const keys = tokens.map((token) => ({
    ...scramKeys(token, SALT, ITERATIONS),
    principal: { name: user, access: token },
  }));
  return { kind: 'scram', salt: SALT, iterations: ITERATIONS, keys };
}

const host: SqlHost = { mesh: 'test', sql: service, clock: systemClock, log: silentLog, signIn };
let plain: SqlListener;
let secured: SqlListener;

beforeAll(async () => {
  plain = await sqlPort.listen(host, { host: '127.0.0.1', port: 0 });
  secured = await sqlPort.listen(
    { ...host, tls: { context: CONTEXT, isNeeded: false } },
    { host: '127.0.0.1', port: 0 },
  );
});

afterAll(async () => {
  await plain.close();
  await secured.close();
});

async function me(
  listener: SqlListener,
  user: string,
  password: string | undefined,
  ssl?: object,
): Promise<unknown> {
  const client = new pg.Client({
    host: 'localhost',
    port: listener.port,
    database: 'test',
    user,
    password: password ?? '',
    ssl,
  } as pg.ClientConfig);
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query('select me');
  await client.end();
  return rows[0].me;
}

const urlOf = ({ port }: SqlListener) => `postgres://127.0.0.1:${port}/test`;

describe('signing in', () => {
  it('takes any token of the user as password, and knows which it was', async () => {
    expect(await me(plain, 'ann', 'first token')).toBe('ann/first token');
    expect(await me(plain, 'ann', 'second token')).toBe('ann/second token');
    expect(await me(plain, 'guest', undefined)).toBe('guest/open');
  });

  it('tells a wrong password and an unknown user in the same words', async () => {
    const answers = await Promise.allSettled([
      me(plain, 'ann', 'wrong'),
      me(plain, 'nobody', 'wrong'),
      me(plain, 'ann', 'first token '),
    ]);
    expect(
      answers.map((answer) => answer.status === 'rejected' && [answer.reason.code, answer.reason.message]),
    ).toEqual(answers.map(() => ['28P01', 'The user name or password is wrong.']));
  });

  it('keeps a loop of wrong passwords waiting, and nobody who knows theirs', async () => {
    let goOn: (() => void) | undefined;
    const wait = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const sleep: Clock['sleep'] = (ms, signal) =>
      ms === WRONG_PASSWORD_MS ? wait : systemClock.sleep(ms, signal);
    const slow = await sqlPort.listen(
      { ...host, clock: { ...systemClock, sleep } },
      { host: '127.0.0.1', port: 0 },
    );
    try {
      let answered = 0;
      const guesses = Array.from({ length: 90 }, (_, i) =>
        me(slow, 'ann', `guess ${i}`)
          .catch((error: { code: string }) => error.code)
          .finally(() => {
            answered += 1;
          }),
      );
      expect(await me(slow, 'ann', 'first token')).toBe('ann/first token');
      expect(answered).toBe(0);
      goOn?.();
      expect(new Set(await Promise.all(guesses))).toEqual(new Set(['28P01']));
    } finally {
      await slow.close();
    }
  });

  it('runs nothing before', async () => {
    const client = new WireClient(urlOf(plain));
    client.send(startup({ user: 'ann', database: 'test' }), query('select me'));
    const answer = await client.until('none');
    expect(sqlState(answer)).toBe('08P01');
    expect(answer.some(({ type }) => type === 'D')).toBe(false);
  });
});

describe('TLS', () => {
  it('is spoken where there is a certificate, and carries the password exchange', async () => {
    expect(await me(secured, 'ann', 'second token', { ca: TEST_CERTIFICATE })).toBe('ann/second token');
    expect(await me(secured, 'guest', undefined)).toBe('guest/open');
    await expect(me(plain, 'ann', 'first token', { ca: TEST_CERTIFICATE })).rejects.toThrow(
      'does not support SSL',
    );
  });

  it('is never begun over bytes that were sent in clear behind the request', async () => {
    const client = new WireClient(urlOf(secured));
    client.send(
      Buffer.concat([SSL_REQUEST, startup({ user: 'guest', database: 'test' }), query('select me')]),
    );
    const answer = await client.until('none');
    expect(sqlState(answer)).toBe('08P01');
    expect(answer.some(({ type }) => type === 'D')).toBe(false);
  });

  it('ends a connection that goes on in clear after the answer', async () => {
    const client = new WireClient(urlOf(secured));
    client.send(SSL_REQUEST);
    await new Promise<void>((resolve) => client.socket.once('data', () => resolve()));
    client.send(startup({ user: 'guest', database: 'test' }), query('select me'));
    expect((await client.until('none')).some(({ type }) => type === 'D')).toBe(false);
  });

  it('is not begun twice', async () => {
    const client = new WireClient(urlOf(secured));
    client.socket.removeAllListeners('data');
    client.send(SSL_REQUEST);
    await new Promise<void>((resolve) => client.socket.once('data', () => resolve()));
    const inside = connectTls({ socket: client.socket, ca: TEST_CERTIFICATE, servername: 'localhost' });
    inside.write(SSL_REQUEST);
    const [answer] = await new Promise<[Buffer]>((resolve) =>
      inside.once('data', (bytes) => resolve([bytes])),
    );
    expect(answer.toString('latin1')).toContain('08P01');
    inside.destroy();
  });

  it('is needed where the port can be reached from elsewhere', async () => {
    const tls = { context: CONTEXT, isNeeded: true };
    const strict = await sqlPort.listen({ ...host, tls }, { host: '127.0.0.1', port: 0 });
    try {
      await expect(me(strict, 'guest', undefined)).rejects.toMatchObject({ code: '28000' });
      expect(await me(strict, 'guest', undefined, { ca: TEST_CERTIFICATE })).toBe('guest/open');
    } finally {
      await strict.close();
    }
  });
});
