/** Records posted to an address, as the one who is posted to sees them. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { DeliveryStatus } from '../../src/runtime/deliver/delivery-task.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { push } from '../support/push.ts';
import { serveHere } from '../support/serve-here.ts';

const SECRET = 'a secret of the test';

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('a delivery to a webhook', () => {
  let server: Server;
  let posted: Posted[];
  let answer: (count: number) => number | 'break off';
  let serving: Serving | undefined;

  beforeEach(async () => {
    vi.stubEnv('HOOK_SECRET', SECRET);
    posted = [];
    answer = () => 204;
    server = createServer(async (request, response) => {
      posted.push({ headers: request.headers, body: await text(request) });
      const status = answer(posted.length);
      if (status === 'break off') request.socket.destroy();
      else response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    await serving?.close();
    server.closeAllConnections();
    server.close();
    vi.unstubAllEnvs();
  });

  const open = async (options = '', isPrivate = true) => {
    const { port } = server.address() as { port: number };
    const folder = await meshFolder({
      'mesh.yaml': `mesh: test\nconnections:\n  hook: { type: http, url: "http://127.0.0.1:${port}/", private: ${isPrivate} }\n`,
      'items.product.yaml': itemsSpec(`inputs: { source: { from: push } }
key: [id]
fields:
  id: { type: integer, required: true }
  price: decimal(30,2)
deliver:
  out: { to: webhook, connection: hook, url: items, secret: "\${HOOK_SECRET}"${options} }
`),
    });
    serving = await serveHere(folder, systemClock);
    return serving.url;
  };
  const status = async (): Promise<DeliveryStatus> =>
    (await (await fetch(`${serving?.url}/p/test.items/v1/deliveries/out`)).json()) as DeliveryStatus;
  const delivered = (position: number) =>
    eventually(status, (s) => s.position === position && s.state === 'caught-up');

  it('gets signed batches of events with exact rows, and every record once while all goes well', async () => {
    const url = await open(', batch: 2, mode: changes');
    await fetch(`${url}/p/test.items/v1/inputs/source`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '[{"id":9007199254740993,"price":12345678901234567890.10},{"id":2},{"id":3}]',
    });
    await delivered(3);
    const numbers = posted.flatMap(({ body }) => body.match(/"data":\{"id":[^}]*\}/g) ?? []);
    expect(numbers[0]).toBe('"data":{"id":9007199254740993,"price":12345678901234567890.10}');
    const events = posted.flatMap(({ body }) => JSON.parse(body) as Record<string, unknown>[]);
    expect(events.map(({ id, type, position }) => [id, type, position])).toEqual(
      ['1', '2', '3'].map((position) => [position, 'wharf.record.upsert', position]),
    );
    expect(events[0]).toMatchObject({
      specversion: '1.0',
      source: 'urn:wharf:test:test.items@1',
      subject: 'items',
    });
    for (const { headers, body } of posted) {
      expect(headers['content-type']).toBe('application/cloudevents-batch+json; charset=utf-8');
      expect(headers['idempotency-key']).toBe((JSON.parse(body) as { position: string }[]).at(-1)?.position);
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      const signature = createHmac('sha256', SECRET).update(signed).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    }
  });

  it('gets what was not taken again, in order, under the same keys', async () => {
    const failures: (number | 'break off')[] = [503, 'break off', 204, 500];
    answer = (count) => failures[count - 1] ?? 204;
    const url = await open(', mode: changes');
    await push(url, [{ id: 1 }]);
    await delivered(1);
    await push(url, [{ id: 2 }]);
    await delivered(2);
    const keys = posted.map(({ headers }) => headers['idempotency-key']);
    expect([...new Set(keys)]).toEqual(['1', '2']);
    expect(keys.length).toBeGreaterThan(2);
  });

  it('pauses with its position kept once the address is gone, and goes on when it is resumed', async () => {
    const url = await open();
    await push(url, [{ id: 1 }]);
    await delivered(1);
    answer = () => 410;
    await push(url, [{ id: 2 }]);
    const paused = await eventually(status, (s) => s.state === 'paused');
    expect(paused).toMatchObject({ position: 1, lagRecords: 1, paused: expect.stringMatching(/gone/) });
    answer = () => 204;
    posted = [];
    await fetch(`${serving?.url}/p/test.items/v1/deliveries/out/resume`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${serving?.secret}` },
    });
    await delivered(2);
    expect(posted.map(({ headers }) => headers['idempotency-key'])).toEqual(['2']);
  });

  it('posts nothing into a private network that the mesh does not allow', async () => {
    const url = await open('', false);
    await push(url, [{ id: 1 }]);
    const failed = await eventually(status, (s) => s.lastError !== null);
    expect(failed.lastError?.code).toBe('WEB_ADDRESS_PRIVATE');
    expect(posted).toEqual([]);
  });
});
