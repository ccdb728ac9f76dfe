/** Alerts, as whoever is told them gets them: one when it begins, one when it ends, whatever happens in between. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const ITEMS = itemsSpec(`gate: true
inputs:
  source: { from: push }
key: [id]
fields:
  id: { type: integer, required: true }
checks:
  - { rows: { max: 2 }, name: few }
  - { values: { field: id, in: [1, 2, 3] }, name: known }
`);
const SECRET = 'a-secret-of-the-test';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('alerts', () => {
  let wharf: WharfProcess | undefined;
  let receiver: Server;
  let received: Received[] = [];
  /** How the receiver answers the next requests; 200 when empty. */
  let answers: number[] = [];
  let mesh = '';

  beforeEach(async () => {
    received = [];
    answers = [];
    receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const status = answers.shift() ?? 200;
      if (status === 200)
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    mesh = await meshFolder({
      'mesh.yaml': `mesh: test
alerts:
  machines: { webhook: "${url}/machines", secret_variable: ALERT_SECRET, owners: test }
  people: { webhook: "\${ALERT_URL}", style: slack }
  others: { webhook: "${url}/others", owners: [somebody-else] }
`,
      'items.product.yaml': ITEMS,
    });
    env = { ALERT_SECRET: SECRET, ALERT_URL: `${url}/people` };
  });
  let env: Record<string, string> = {};

  afterEach(async () => {
    await wharf?.stop();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const start = async () => {
    wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf'), env });
  };
  const push = async (op: string, ...ids: number[]) => {
    const target = `${wharf?.url}/p/test.items/v1/inputs/source?op=${op}`;
    const response = await fetch(target, {
      method: 'POST',
      body: JSON.stringify(ids.map((id) => ({ id }))),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(200);
  };
  const untilReceived = (count: number) =>
    eventually(
      async () => received.length,
      (now) => now >= count,
    );
  const events = () =>
    received
      .filter(({ headers }) => headers['webhook-signature'])
      .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  it('tell once that it begins, once that it ends, signed, and again only what was not taken', async () => {
    await start();
    answers = [500, 503];
    await push('upsert', 1, 2, 3);
    await untilReceived(2);
    await push('upsert', 4);
    await wharf?.kill();
    await start();
    await eventually(
      () => (wharf as WharfProcess).get<{ heldAt: number }>('/p/test.items/v1/quality'),
      (q) => q.heldAt === 4,
    );
    expect(received.length).toBe(2);
    await push('delete', 3, 4);
    await untilReceived(4);

    expect(events()).toMatchObject([
      { specversion: '1.0', source: 'urn:wharf:test', type: 'wharf.checks.begun', subject: 'test.items@1' },
      {
        type: 'wharf.checks.ended',
        subject: 'test.items@1',
        data: { owner: 'test', message: 'All checks pass again.' },
      },
    ]);
    const texts = received
      .filter(({ headers }) => !headers['webhook-signature'])
      .map(({ body }) => JSON.parse(body).text);
    expect(texts).toEqual([
      'test.items@1 needs attention: few: There are 3 rows.',
      'test.items@1 is well again: All checks pass again.',
    ]);
    for (const { headers, body } of received.filter((one) => one.headers['webhook-signature'])) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      const expected = `v1,${createHmac('sha256', SECRET).update(signed).digest('base64')}`;
      expect(headers['webhook-signature']).toBe(expected);
      expect(headers['content-type']).toMatch(/^application\/cloudevents\+json/);
    }
    expect(JSON.stringify(received)).not.toContain(SECRET);
  });

  it('refuse to start when a variable is missing, and name it', async () => {
    env = { ALERT_URL: 'http://127.0.0.1:1' };
    await expect(start()).rejects.toThrow(
      'The alert "machines" needs the environment variable "ALERT_SECRET"',
    );
    wharf = undefined;
  });
});
