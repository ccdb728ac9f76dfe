/**
 * What every port must do, whatever it speaks. The suite goes through the registry: a port without a probe fails.
 */
import { get as httpGet } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpPort, Port } from '../../kit/port.ts';
import type { Registry } from '../../kit/registry.ts';
import { FakeProduct } from './fake-product.ts';
import { PORT_PROBES } from './port-probes.ts';
import { DEPARTURES, departure, sampleProduct } from './sample-product.ts';
import { type PortServer, servePorts } from './serve-ports.ts';

const LARGE_RECORDS = 30_000;

export function testPorts(registry: Registry<Port>): void {
  let server: PortServer;
  const product = sampleProduct();
  const large = new FakeProduct('flights.large', [DEPARTURES]);
  const base = () => `${server.url}/p/flights.departures/v1`;

  beforeAll(async () => {
    const all = await Promise.all(Object.values(registry).map((load) => load()));
    const ports = all.filter((port): port is HttpPort => port.kind === 'http');
    large.append(
      'departures',
      Array.from({ length: LARGE_RECORDS }, (_, i) => departure(i)),
    );
    server = await servePorts({ ports, products: [product, large] });
  });
  afterAll(() => server.close());

  test('every port is named as it is registered, documented and probed', async () => {
    const probed: string[] = [];
    for (const [name, load] of Object.entries(registry)) {
      const port = await load();
      if (port.kind === 'http') probed.push(name);
      expect(port.name).toBe(name);
      expect(port.doc).toMatch(/^[A-Z].*\.$/);
      for (const option of port.options) expect(option.doc).toMatch(/^[A-Z].*\.$/);
    }
    expect(Object.keys(PORT_PROBES).sort()).toEqual(probed.sort());
  });

  test('all ports give the same rows at one position', async () => {
    for (const position of [1, 40, 60, 64, 65]) {
      const expected = product.rowsAt('departures', position).map((row) => row.document);
      for (const [name, probe] of Object.entries(PORT_PROBES)) {
        const { rows, position: told } = await probe.rows(base(), 'departures', position);
        expect([name, told, [...rows].sort()]).toEqual([name, String(position), [...expected].sort()]);
      }
    }
  });

  describe.each(Object.entries(PORT_PROBES))('%s', (_name, probe) => {
    test.each(probe.wrong)('%s is a problem document with status %i', async (path, status) => {
      const answer = await fetch(base() + path);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      const problem = await answer.json();
      expect([answer.status, problem]).toMatchObject([
        status,
        {
          status,
          type: expect.any(String),
          title: expect.any(String),
          detail: expect.any(String),
          code: expect.stringMatching(/^[A-Z_]+$/),
        },
      ]);
    });

    test('an absent product is unknown', async () => {
      const answer = await fetch(`${server.url}/p/flights.nothing/v1${probe.long}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        404,
        expect.stringContaining('problem+json'),
      ]);
    });

    test('the answer says at which position it is', async () => {
      const answer = await fetch(base() + probe.long);
      expect(answer.headers.get('wharf-position')).toBe('65');
      await answer.body?.cancel();
    });

    test('a client that goes away leaves nothing open', async () => {
      await leaveEarly(`${server.url}/p/flights.large/v1${probe.long}`);
      const { calls } = large;
      for (let i = 0; i < 300 && (calls.files !== calls.released || calls.follows !== calls.aborted); i++)
        await pause(10);
      expect([calls.released, calls.aborted]).toEqual([calls.files, calls.follows]);
    });
  });
}

function leaveEarly(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpGet(url, (answer) => {
      answer.once('data', () => {
        request.destroy();
        resolve();
      });
      answer.on('error', () => resolve());
    });
    request.on('error', reject);
  });
}
