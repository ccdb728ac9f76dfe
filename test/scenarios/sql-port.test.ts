/** Skyline's products as tables, for Postgres clients and by HTTP. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { inputs } from '../../src/inputs/index.ts';
import { ports } from '../../src/ports/index.ts';
import { checkMesh } from '../../src/runtime/check/check-mesh.ts';
import { type Serving, serve } from '../../src/runtime/serve.ts';
import { HOSTILE } from '../support/hostile-statements.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';

const run = promisify(execFile);
const PSQL = '/usr/bin/psql';
let serving: Serving;

beforeAll(async () => {
  const folder = await meshFolder({
    'items.product.yaml': itemsSpec(
      'inputs:\n  source: { from: push }\nkey: [id]\nfields:\n  id: { type: integer }\n  name: { type: string, doc: What it is called }\n  price: { type: "decimal(12,2)" }\n  at: { type: timestamp }\n  tags: { type: array, items: { type: string } }\n  more: { type: json }\n',
    ),
  });
  const registries = { inputs, ports, deliveries: {} };
  const { mesh, diagnostics } = await checkMesh(folder, registries);
  if (!mesh) throw new Error(JSON.stringify(diagnostics));
  const dataFolder = path.join(folder, '.wharf');
  serving = await serve({
    mesh,
    dataFolder,
    registries,
    host: '127.0.0.1',
    port: 0,
    sqlPort: 0,
    clock: systemClock,
  });
  await push(0, 500);
});

afterAll(async () => serving?.close());

async function push(from: number, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, i) => {
    const id = from + i;
    return `{"id":${id},"name":"n${id}","price":${id}.25,"at":"2026-01-31T22:27:00.5Z","tags":["a","b c"],"more":{"x":9007199254740993}}`;
  });
  const response = await fetch(`${serving.url}/p/test.items/v1/inputs/source`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  expect(response.status).toBe(200);
}

async function sql(body: unknown, accept = 'application/json'): Promise<Response> {
  return fetch(`${serving.url}/api/sql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: accept },
    body: JSON.stringify(body),
  });
}

describe('POST /api/sql', () => {
  it('answers with the position that it read at, and the exact values', async () => {
    const response = await sql({ sql: 'select * from test.items where id = $1', params: [7] });
    expect(await response.text()).toBe(
      '{"positions":{"test.items@1":500},"columns":[{"name":"id","type":"BIGINT"},{"name":"name","type":"VARCHAR"},' +
        '{"name":"price","type":"DECIMAL(12,2)"},{"name":"at","type":"TIMESTAMP WITH TIME ZONE"},' +
        '{"name":"tags","type":"VARCHAR[]"},{"name":"more","type":"JSON"}],"rows":[' +
        '{"id":7,"name":"n7","price":7.25,"at":"2026-01-31T22:27:00.5Z","tags":["a","b c"],"more":{"x":9007199254740993}}]}\n',
    );
    expect(response.headers.get('wharf-position')).toBe('500');
  });

  it('reads at an earlier position, as CSV and NDJSON too', async () => {
    const question = { sql: 'select count(*) as n, max(price) as p from test.items', at: 10 };
    expect(await (await sql(question, 'text/csv')).text()).toBe('n,p\r\n10,9.25\r\n');
    expect(await (await sql(question, 'application/x-ndjson')).text()).toBe('{"n":10,"p":9.25}\n');
  });
});

describe('hostile statements', () => {
  it(`are refused, each with its reason (${HOSTILE.length})`, async () => {
    expect(HOSTILE.length).toBeGreaterThanOrEqual(120);
    const wrong: unknown[] = [];
    for (const [statement, state] of HOSTILE) {
      const response = await sql({ sql: statement });
      const problem = (await response.json()) as { sqlState?: string; detail?: string };
      if (response.ok || problem.sqlState !== state)
        wrong.push([statement.slice(0, 80), state, problem.sqlState, problem.detail?.slice(0, 120)]);
    }
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(!existsSync(PSQL))('psql', () => {
  const psql = async (...commands: string[]) => {
    const { stdout } = await run(PSQL, [
      serving.sqlUrl ?? '',
      '-X',
      '-A',
      '-t',
      '-v',
      'ON_ERROR_STOP=1',
      ...commands.flatMap((c) => ['-c', c]),
    ]);
    return stdout.trim();
  };

  it('reads rows, with every type', async () => {
    expect(await psql('select * from test.items where id in (7, 8) order by id')).toBe(
      '7|n7|7.25|2026-01-31 22:27:00.5+00|{a,"b c"}|{"x":9007199254740993}\n8|n8|8.25|2026-01-31 22:27:00.5+00|{a,"b c"}|{"x":9007199254740993}',
    );
  });

  it('copies, pages with a cursor, and reads in the past', async () => {
    expect(await psql('copy (select id, name from test.items order by id limit 2) to stdout')).toBe(
      '0\tn0\n1\tn1',
    );
    expect(
      await psql(
        'begin',
        'declare c cursor for select id from test.items order by id',
        'fetch 2 from c',
        'fetch 1 from c',
        'commit',
      ),
    ).toContain('0\n1\n');
    expect(await psql("set wharf.at = '10'", 'select count(*) from test.items', 'show wharf.position')).toBe(
      'SET\n10\n10',
    );
  });

  it('reads one snapshot in a transaction', async () => {
    const inside = psql('begin', 'select count(*) as first from test.items', 'commit');
    expect(await inside).toMatch(/\d+/);
  });

  it('lists the tables', async () => {
    expect(await psql('\\dt *.*')).toContain('test|items|table|wharf');
  });
});

describe('the wire', () => {
  it.each([0, 3, -1, 2 ** 31 - 1])(
    'a first message of length %s ends the connection, and nothing else',
    async (length) => {
      const socket = connect(Number(new URL(serving.sqlUrl ?? '').port), '127.0.0.1');
      const bytes = Buffer.alloc(8);
      bytes.writeInt32BE(length);
      socket.write(bytes);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toContain('08P01');
      await once(socket, 'close');
      expect((await sql({ sql: 'select 1 as one' })).status).toBe(200);
    },
  );

  it('bytes sent in clear behind a request for TLS end the connection', async () => {
    const socket = connect(Number(new URL(serving.sqlUrl ?? '').port), '127.0.0.1');
    const request = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
    socket.write(Buffer.concat([request, Buffer.from('Q')]));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('08P01');
  });
});
