import { gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { compressAnswers } from './compress-answers.ts';

const MANY = Array.from({ length: 200 }, (_, i) => ({ name: `flights.product-${i}` }));

function app() {
  const served = Fastify();
  compressAnswers(served);
  served.get('/api/products', async (_request, reply) => reply.header('Vary', 'Accept').send(MANY));
  served.get('/api/mesh', async () => ({ name: 'skyline' }));
  served.get('/p/flights.departures/v1/rows', async () => MANY);
  return served;
}

function ask(url: string, accepted: string) {
  return app().inject({ url, headers: { 'accept-encoding': accepted } });
}

it('gives a long list compressed to whoever takes it so, and the same list', async () => {
  const answer = await ask('/api/products', 'br, gzip, deflate');
  expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept, Accept-Encoding' });
  expect(answer.headers['content-length']).toBe(String(answer.rawPayload.length));
  expect(JSON.parse(gunzipSync(answer.rawPayload).toString())).toEqual(MANY);
});

it.each([
  ['whoever does not take it', '/api/products', 'identity'],
  ['whoever refuses it', '/api/products', 'gzip;q=0, br'],
  ['what is short', '/api/mesh', 'gzip'],
  ['rows', '/p/flights.departures/v1/rows', 'gzip'],
])('leaves as it is for %s', async (_what, url, accepted) => {
  const answer = await ask(url, accepted);
  expect(answer.headers['content-encoding']).toBeUndefined();
  expect(answer.json()).toEqual(url === '/api/mesh' ? { name: 'skyline' } : MANY);
});
