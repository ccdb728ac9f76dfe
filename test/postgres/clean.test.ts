/** What inputs made at their server, once the mesh no longer has them. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { lineLog } from '../../src/base/log.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { deliveries } from '../../src/deliver/index.ts';
import { inputs } from '../../src/inputs/index.ts';
import { ports } from '../../src/ports/index.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { eventually, meshFolder } from '../support/mesh-folder.ts';
import { PostgresServer, postgresMissing } from '../support/postgres-server.ts';
import { serveHere } from '../support/serve-here.ts';

const spec = (name: string, options = '') => `product: test.${name}
version: 1.0.0
status: active
owner: testers
alignment: source
tier: bronze
purpose: To be read.
inputs: { rows: { from: postgres, connection: shop, table: t${options} } }
key: [id]
fields: { id: integer }
`;

describe.skipIf(postgresMissing)('what inputs made at a server', () => {
  let server: PostgresServer;
  let folder: string;
  let serving: Serving;

  beforeAll(async () => {
    server = await PostgresServer.start();
    vi.stubEnv('SHOP_PASSWORD', server.password);
    await server.query(`create table t (id int primary key); insert into t values (1);
      create publication own for table t with (publish_via_partition_root = true)`);
    await server.query(`select pg_create_logical_replication_slot('wharf_own', 'pgoutput')`);
    folder = await meshFolder({
      'mesh.yaml': `mesh: test
defaults: { access: [{ allow: [anyone] }] }
connections:
  shop: { type: postgres, host: 127.0.0.1, port: ${server.port}, database: postgres, user: postgres, password: "\${SHOP_PASSWORD}", tls: off }
`,
      'stays.product.yaml': spec('stays'),
      'goes.product.yaml': spec('goes'),
      'own.product.yaml': spec('own', ', slot: wharf_own, publication: own'),
    });
    serving = await serveHere(folder, systemClock);
    await eventually(
      () => fetch(`${serving.url}/readyz`),
      (answer) => answer.ok,
    );
    await serving.close();
    for (const name of ['goes', 'own']) await rm(path.join(folder, `${name}.product.yaml`));
  });
  afterAll(async () => {
    await serving.close();
    vi.unstubAllEnvs();
  });

  const call = async (method: string, at: string, secret = serving.secret) => {
    const answer = await fetch(`${serving.url}${at}`, {
      method,
      headers: { Authorization: `Bearer ${secret}` },
    });
    return { status: answer.status, body: await answer.json() };
  };
  const made = async (sql: string) => (await server.query<{ name: string }>(sql)).map(({ name }) => name);
  const slots = () => made('select slot_name as name from pg_replication_slots order by 1');
  const publications = () => made('select pubname as name from pg_publication order by 1');

  const clean = async (...options: string[]) => {
    const out = new PassThrough();
    const argv = ['clean', ...options, '--mesh', folder, '--json'];
    const registries = { inputs, ports, deliveries };
    const code = await runCli({ argv, registries, out, signal: new AbortController().signal });
    return { code, answer: JSON.parse(String(out.read())) };
  };

  test('is named at the next start, removed when that is asked for, and nothing else is', async () => {
    const logged: string[] = [];
    serving = await serveHere(
      folder,
      systemClock,
      undefined,
      lineLog((line) => logged.push(line)),
    );
    const slot = (await slots()).find((name) => name.startsWith('wharf_test_goes_1_'));
    const left = { input: 'test.goes@1/rows', what: `the replication slot and the publication "${slot}"` };
    expect(logged.filter((line) => line.includes('wharf clean --remove'))).toEqual([
      expect.stringContaining(`"${left.input}" any more; it left ${left.what}`),
    ]);
    expect(await call('GET', '/api/left-behind')).toEqual({ status: 200, body: { left: [left] } });
    expect((await call('POST', '/api/left-behind/remove', 'nobody')).status).toBeGreaterThanOrEqual(401);
    expect(await slots()).toContain(slot);
    expect(await clean('--remove')).toEqual({ code: 0, answer: { removed: [left] } });
    expect(await clean()).toEqual({ code: 0, answer: { left: [] } });
    const stays = expect.stringMatching(/^wharf_test_stays_1_/);
    expect([await slots(), await publications()]).toEqual([
      ['wharf_own', stays],
      ['own', stays],
    ]);
  });
});
