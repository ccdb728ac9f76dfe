/** A product as a table of a real PostgreSQL, as its readers see it, through everything that can go wrong on the way. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { DeliveryStatus } from '../../src/runtime/deliver/delivery-task.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { PostgresServer, postgresMissing } from '../support/postgres-server.ts';
import { push } from '../support/push.ts';
import { serveHere } from '../support/serve-here.ts';

const BODY = `inputs:
  source: { from: push }
key: [id]
fields:
  id: { type: integer, required: true, doc: The number of the item }
  name: string
  price: { type: decimal(30,4), unit: EUR }
`;

const spec = (options: string, body = BODY) =>
  itemsSpec(`${body}deliver:
  out: { to: postgres, connection: warehouse, table: items${options} }
`);

const mesh = (port: number, user = 'postgres') => `mesh: test
connections:
  warehouse: { type: postgres, host: 127.0.0.1, port: ${port}, database: postgres, user: ${user}, password: "\${WAREHOUSE_PASSWORD}", tls: off }
`;

// CommandComplete is 12 bytes, ReadyForQuery 6; -1 means that COMMIT does not even arrive.
const EVERY_CUT = Array.from({ length: 20 }, (_, i) => i - 1);
const CUTS = process.env.WHARF_EVERY_CUT ? EVERY_CUT : [-1, 0, 1, 12, 17, 18];

const row = (id: number, name: string | null, price = '1.0000') => ({ id, name, price });

describe.skipIf(postgresMissing)('a delivery to Postgres', () => {
  let server: PostgresServer;
  let proxy: CuttingProxy | undefined;
  const serving: Serving[] = [];

  beforeAll(async () => {
    server = await PostgresServer.start();
    vi.stubEnv('WAREHOUSE_PASSWORD', server.password);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });
  afterEach(async () => {
    await Promise.all(serving.splice(0).map((one) => one.close()));
    await proxy?.close();
    proxy = undefined;
    await server.query('drop table if exists wharf_deliveries; drop table if exists items cascade');
  });

  const open = async (files: Readonly<Record<string, string>>, port = server.port) => {
    const folder = await meshFolder({ 'mesh.yaml': mesh(port), ...files });
    return { folder, url: await serveAgain(folder) };
  };
  const serveAgain = async (folder: string) => {
    serving.push(await serveHere(folder, systemClock));
    return serving.at(-1)?.url ?? '';
  };
  const status = async (url: string): Promise<DeliveryStatus> =>
    (await (await fetch(`${url}/p/test.items/v1/deliveries/out`)).json()) as DeliveryStatus;
  const delivered = async (url: string, position: number) => {
    const reached = await eventually(
      () => status(url),
      (s) => s.position === position && s.state === 'caught-up',
    );
    expect(reached).toMatchObject({ position, lagRecords: 0, lastError: null });
  };
  const table = () => server.query('select id, name, price from items order by id');
  const ledger = async () =>
    Number((await server.query<{ position: string }>('select position from wharf_deliveries'))[0]?.position);
  const operate = (one: Serving | undefined, what: string) =>
    fetch(`${one?.url}/p/test.items/v1/deliveries/out/${what}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${one?.secret}` },
    });
  const remove = (url: string, id: number) =>
    fetch(`${url}/p/test.items/v1/inputs/source?op=delete`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([{ id }]),
    });

  it('makes the table with its key and comments, loads it, and keeps it up to date', async () => {
    const { url } = await open({ 'items.product.yaml': spec('') });
    await push(url, [row(1, 'a'), row(2, null, '12345678901234567890123456.7891'), row(3, 'ü"\'\n,\\N')]);
    await delivered(url, 3);
    await push(url, [row(1, 'b', '-0.0001'), row(4, '')]);
    await remove(url, 3);
    await delivered(url, 6);
    expect(await table()).toEqual([
      { id: '1', name: 'b', price: '-0.0001' },
      { id: '2', name: null, price: '12345678901234567890123456.7891' },
      { id: '4', name: '', price: '1.0000' },
    ]);
    const comments = await server.query<{ name: string; comment: string }>(
      "select attname as name, col_description(attrelid, attnum) as comment from pg_attribute where attrelid = 'items'::regclass and attnum > 0",
    );
    expect(comments).toEqual([
      { name: 'id', comment: 'The number of the item' },
      { name: 'name', comment: null },
      { name: 'price', comment: 'In EUR.' },
    ]);
    const keys = await server.query(
      "select pg_get_constraintdef(oid) as def from pg_constraint where conrelid = 'items'::regclass and contype = 'p'",
    );
    expect(keys).toEqual([{ def: 'PRIMARY KEY (id)' }]);
  });

  it('holds every type exactly, loaded and changed alike', async () => {
    const body = `inputs: { source: { from: push } }
key: row
fields:
  n: integer
  f: number
  b: bytes
  d: date
  t: time
  u: timestamp
  l: { type: timestamp, zone: local }
  j: json
  o: { type: object, fields: { x: decimal(20,3) } }
  a: { type: array, items: string }
  y: boolean
`;
    const whole =
      '{"n":9007199254740993,"f":0.1,"b":"AP/+","d":"2001-01-31","t":"22:27:00.5","u":"2001-01-31T22:27:00.123456Z","l":"2001-01-31T22:27:00","j":{"k":[1.10,null]},"o":{"x":12345678901234567.125},"a":["p",null,"q"],"y":true}';
    const empty =
      '{"n":null,"f":null,"b":null,"d":null,"t":null,"u":null,"l":null,"j":null,"o":null,"a":null,"y":false}';
    const { url } = await open({ 'items.product.yaml': spec('', body) });
    const send = (text: string) =>
      fetch(`${url}/p/test.items/v1/inputs/source`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: `[${text}]`,
      });
    await send(`${whole},${empty}`);
    await delivered(url, 2);
    const columns = `n::text, f::text, encode(b, 'hex') as b, d::text, t::text, (u at time zone 'UTC')::text as u, l::text, j::text, o::text, a::text, y::text`;
    const read = () => server.query(`select ${columns} from items order by y desc`);
    const changed = await read();
    expect(changed[0]).toEqual({
      n: '9007199254740993',
      f: '0.1',
      b: '00fffe',
      d: '2001-01-31',
      t: '22:27:00.5',
      u: '2001-01-31 22:27:00.123456',
      l: '2001-01-31 22:27:00',
      j: '{"k": [1.10, null]}',
      o: '{"x": 12345678901234567.125}',
      a: '["p", null, "q"]',
      y: 'true',
    });
    expect(Object.values(changed[1] ?? {})).toEqual([...Array(10).fill(null), 'false']);
    await operate(serving[0], 'replay');
    await eventually(ledger, (position) => position === 2);
    await delivered(url, 2);
    expect(await read()).toEqual(changed);
  });

  it('neither loses nor repeats anything when the answer to COMMIT breaks off at any byte', async () => {
    proxy = await CuttingProxy.start(server.port);
    const { url } = await open({ 'items.product.yaml': spec(', mode: changes') }, proxy.port);
    await push(url, [row(0, 'first')]);
    await delivered(url, 1);
    let id = 0;
    for (const bytes of CUTS) {
      const { cuts } = proxy;
      proxy.cutAnswerTo('commit\0', bytes);
      id += 1;
      await push(url, [row(id, `cut at ${bytes}`)]);
      await eventually(
        async () => proxy?.cuts,
        (now) => now === cuts + 1,
      );
      await delivered(url, id + 1);
    }
    expect(proxy.cuts).toBe(CUTS.length);
    const rows = await server.query<{ id: string; _position: string }>(
      'select id, _position, _op from items order by _position',
    );
    expect(rows.map(({ id: of, _position }) => [Number(of), Number(_position)])).toEqual(
      Array.from({ length: id + 1 }, (_, i) => [i, i + 1]),
    );
  });

  it('goes on where it was when the server was killed, and when Wharf was', async () => {
    const { folder, url } = await open({ 'items.product.yaml': spec('') });
    await push(url, [row(1, 'a')]);
    await delivered(url, 1);
    await server.stop('SIGKILL');
    await push(url, [row(2, 'b')]);
    const down = await eventually(
      () => status(url),
      (s) => s.lastError !== null,
    );
    expect(down).toMatchObject({
      state: 'retrying',
      lagRecords: 1,
      lastError: { code: 'POSTGRES_UNREACHABLE' },
    });
    expect(JSON.stringify(down)).not.toContain(server.password);
    await server.startAgain();
    await delivered(url, 2);
    await serving.pop()?.close();
    const again = await serveAgain(folder);
    await push(again, [row(3, 'c')]);
    await delivered(again, 3);
    expect((await table()).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('leaves alone a table that it did not make, unless it is told to replace it', async () => {
    await server.query("create table items (precious text); insert into items values ('mine')");
    const { folder, url } = await open({ 'items.product.yaml': spec('') });
    await push(url, [row(1, 'a')]);
    const failed = await eventually(
      () => status(url),
      (s) => s.lastError !== null,
    );
    expect(failed.lastError?.code).toBe('DELIVERY_OCCUPIED');
    expect(await server.query('select * from items')).toEqual([{ precious: 'mine' }]);
    await serving.pop()?.close();
    const { writeFile } = await import('node:fs/promises');
    await writeFile(`${folder}/items.product.yaml`, spec(', replace: true'));
    await delivered(await serveAgain(folder), 1);
    expect(await table()).toEqual([{ id: '1', name: 'a', price: '1.0000' }]);
  });

  it('lets the later of two writers go on, and has the earlier one pause', async () => {
    const first = await open({ 'items.product.yaml': spec('') });
    await push(first.url, [row(1, 'of the first')]);
    await delivered(first.url, 1);
    const second = await open({ 'items.product.yaml': spec('') });
    await push(second.url, [row(7, 'of the second')]);
    await delivered(second.url, 1);
    await push(first.url, [row(2, 'late')]);
    const paused = await eventually(
      () => status(first.url),
      (s) => s.state === 'paused',
    );
    expect(paused.paused).toMatch(/Another process keeps/);
    await push(second.url, [row(8, 'goes on')]);
    await delivered(second.url, 2);
    expect((await table()).map(({ name }) => name)).toEqual(['of the second', 'goes on']);
  });

  it('pauses and resumes, and makes the table anew without a moment in which readers see none', async () => {
    const { url } = await open({ 'items.product.yaml': spec('') });
    await push(
      url,
      Array.from({ length: 500 }, (_, i) => row(i, 'a')),
    );
    await delivered(url, 500);
    await server.query(
      "do $$ begin if not exists (select from pg_roles where rolname = 'reader') then create role reader; end if; end $$; grant select on items to reader",
    );
    expect((await operate(serving[0], 'pause')).status).toBe(200);
    await push(url, [row(1_000, 'b')]);
    expect(await status(url)).toMatchObject({ state: 'paused', position: 500, lagRecords: 1 });
    await server.query("update items set name = 'wrong'");
    await operate(serving[0], 'replay');
    await operate(serving[0], 'resume');
    const counts = new Set<string>();
    for (;;) {
      const [seen] = await server.query<{ n: string }>('set role reader; select count(*) as n from items');
      counts.add(seen?.n ?? '');
      if ((await status(url)).position === 501) break;
    }
    expect([...counts].every((n) => n === '500' || n === '501')).toBe(true);
    expect(await server.query('select distinct name from items order by 1')).toEqual([
      { name: 'a' },
      { name: 'b' },
    ]);
  });

  it.each([
    ['alter table items drop column price', 'DELIVERY_REFUSED', /"price" is missing/],
    ['alter table items alter column id type text', 'DELIVERY_REFUSED', /"id" is of type text/],
  ])('says so when somebody ran: %s', async (sql, code, message) => {
    const { folder, url } = await open({ 'items.product.yaml': spec('') });
    await push(url, [row(1, 'a')]);
    await delivered(url, 1);
    await serving.pop()?.close();
    await server.query(sql);
    const again = await serveAgain(folder);
    await push(again, [row(2, 'b')]);
    const failed = await eventually(
      () => status(again),
      (s) => s.lastError !== null,
    );
    expect(failed.lastError).toMatchObject({ code, message: expect.stringMatching(message) });
    await operate(serving[0], 'replay');
    await delivered(again, 2);
  });

  it('has lost nothing once a full disk there has room again, in a load as in changes', async () => {
    await server.query(`create function no_room() returns event_trigger language plpgsql as
        $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      create event trigger no_room on ddl_command_start when tag in ('ALTER TABLE') execute function no_room()`);
    const { url } = await open({ 'items.product.yaml': spec('') });
    await push(url, [row(1, 'a')]);
    const noRoom = async () => {
      const { state, lastError } = await eventually(
        () => status(url),
        (s) => s.lastError !== null,
      );
      expect({ state, lastError }).toMatchObject({
        state: 'retrying',
        lastError: {
          code: 'POSTGRES_NO_ROOM',
          message: expect.stringMatching(/^There is no room left at the connection "warehouse"/),
          hint: expect.stringMatching(/tried again by itself/),
        },
      });
    };
    await noRoom();
    await server.query('drop event trigger no_room; drop function no_room()');
    await delivered(url, 1);
    await server.query(`create function no_room() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      create trigger no_room before insert on items for each row execute function no_room()`);
    await push(url, [row(2, 'b'), row(1, 'c')]);
    await noRoom();
    expect([await table(), await ledger()]).toEqual([[{ id: '1', name: 'a', price: '1.0000' }], 1]);
    await server.query('drop trigger no_room on items; drop function no_room()');
    await delivered(url, 3);
    expect((await table()).map(({ name }) => name)).toEqual(['c', 'b']);
  });

  it('says which right is missing, and has lost nothing once it is there', async () => {
    await server.query(
      `drop role if exists poor; create role poor login password '${server.password}'; revoke create on schema public from public`,
    );
    const { url } = await open({ 'mesh.yaml': mesh(server.port, 'poor'), 'items.product.yaml': spec('') });
    await push(url, [row(1, 'a')]);
    const failed = await eventually(
      () => status(url),
      (s) => s.lastError !== null,
    );
    expect(failed.lastError).toMatchObject({
      code: 'POSTGRES_DENIED',
      message: expect.stringMatching(/permission denied for schema public/),
    });
    await server.query('grant create on schema public to poor');
    await operate(serving[0], 'resume');
    await delivered(url, 1);
    await Promise.all(serving.splice(0).map((one) => one.close()));
    await server.query('drop owned by poor cascade');
  });
});
