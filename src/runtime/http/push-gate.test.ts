import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, it } from 'vitest';
import { lineLog } from '../../base/log.ts';
import { PLACES_MIN } from '../push/push-line.ts';
import { newListener } from './listener.ts';
import { problemHandler, Teller } from './problem.ts';
import { PushGate } from './push-gate.ts';

let app: FastifyInstance | undefined;

afterEach(() => app?.close());

/** Pushes that reach their route are answered when that is called. */
async function listen(lines: string[]): Promise<{ port: number; answers: (() => void)[] }> {
  const teller = new Teller(lineLog((line) => lines.push(line)));
  const gate = new PushGate(teller);
  const server = Fastify({
    forceCloseConnections: true,
    serverFactory: (handler) => newListener(gate.before(handler), { teller }),
  });
  app = server;
  const answers: (() => void)[] = [];
  server.setErrorHandler(problemHandler(teller));
  server.get('/', async () => 'served');
  await server.register(async (scope) => {
    gate.guard(scope);
    scope.post(
      '/p/:product/v1/inputs/source',
      () => new Promise((resolve) => answers.push(() => resolve('taken'))),
    );
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  return { port: (server.server.address() as AddressInfo).port, answers };
}

function push(port: number, path = '/p/a.b/v1/inputs/source'): Promise<readonly [IncomingMessage, string]> {
  const headers = { 'Content-Type': 'application/json' };
  const sent = request({ port, host: '127.0.0.1', method: 'POST', path, headers, agent: false }).end('{}');
  return once(sent, 'response').then(async ([response]: IncomingMessage[]) => {
    let text = '';
    for await (const chunk of response ?? []) text += chunk;
    return [response as IncomingMessage, text] as const;
  });
}

it('refuses pushes for which there is no place by a problem, tells of it once, and serves all else', async () => {
  const lines: string[] = [];
  const { port, answers } = await listen(lines);
  const waiting = Array.from({ length: PLACES_MIN }, () => push(port));
  await expect.poll(() => answers.length, { timeout: 60_000 }).toBe(PLACES_MIN);
  const refused = [push(port), push(port), push(port, '/p/a.b/v1/%69nputs/source')];
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('served');
  for (const [response, text] of await Promise.all(refused)) {
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(text)).toMatchObject({ code: 'PUSH_BUSY', status: 503 });
  }
  expect(answers).toHaveLength(PLACES_MIN);
  expect(lines.some((line) => line.includes('PUSH_BUSY'))).toBe(true);
  const later = push(port);
  for (const answer of answers.splice(0)) answer();
  await Promise.all(waiting);
  await expect.poll(() => answers.length, { timeout: 60_000 }).toBe(1);
  answers[0]?.();
  expect((await later)[1]).toBe('taken');
});
