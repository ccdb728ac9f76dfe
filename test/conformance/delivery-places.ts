/** Where destinations deliver to in their conformance tests, and how readers see it there. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as XLSX from '@e965/xlsx';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { randomName } from '../../src/base/random.ts';
import type { Manifest, Pointer } from '../../src/deliver/files/manifest.ts';
import type { NamedConnection } from '../../src/kit/connection.ts';
import type {
  DeliveryConnector,
  DeliveryContext,
  DeliveryMode,
  DeliveryNotes,
} from '../../src/kit/delivery.ts';
import { buildOptions } from '../../src/spec/build/build-options.ts';
import type { PostgresServer } from '../support/postgres-server.ts';
import { S3Server, type Trouble } from '../support/s3-server.ts';
import { WebServer } from '../support/web-server.ts';
import type { DeliveryPlace } from './deliveries.ts';
import { type PlainProduct, type Row, rowOf } from './plain-product.ts';

/** How the password is referred to. */
const SECRET = '$SECRET';

interface Target {
  readonly options: Readonly<Record<string, unknown>>;
  readonly connection?: NamedConnection;
  readonly folder: string;
  readonly secret?: string;
  readonly notes?: DeliveryNotes;
}

/** As the runtime would hand it to a destination. */
export function contextFor(
  connector: DeliveryConnector,
  { options, connection, folder, secret = '', notes = memoryNotes() }: Target,
  { product, mode, name = 'out' }: { product: PlainProduct; mode: DeliveryMode; name?: string | undefined },
): DeliveryContext {
  return {
    name: `delivery:test.items@1/${name}`,
    mesh: 'test',
    product: product.description(),
    standing: () => ({ promises: [], checks: [] }),
    options: { ...buildOptions(connector, undefined), ...options, mode },
    connection,
    reveal: (text) => (text === SECRET ? secret : text),
    shape: product.shape(mode),
    notes,
    baseFolder: folder,
    temporaryFolder: folder,
    signal: new AbortController().signal,
    clock: systemClock,
    log: silentLog,
  };
}

function memoryNotes(): DeliveryNotes {
  let text = '';
  return {
    read: () => (text === '' ? undefined : JSON.parse(text)),
    write: async (value) => {
      text = JSON.stringify(value);
    },
  };
}

export async function filesPlace(connector: DeliveryConnector, root: string): Promise<DeliveryPlace> {
  const folder = path.join(root, randomName());
  const out = path.join(folder, 'out');
  return {
    open: (product, mode, name) =>
      connector.open(
        contextFor(
          connector,
          { folder, options: { path: 'out', format: 'ndjson', keep: 2 } },
          { product, mode, name },
        ),
      ),
    read: async (mode) => {
      if (!existsSync(path.join(out, 'latest.json'))) return undefined;
      const pointer = await readJson<Pointer>(path.join(out, 'latest.json'));
      const { files } = await readJson<Manifest>(path.join(out, pointer.manifest));
      // Those who want every change read all files of the folder.
      const all = await readdir(path.join(out, pointer.folder), { recursive: true });
      const names =
        mode === 'state'
          ? files.map((file) => file.path)
          : all.filter((name) => name.endsWith('.ndjson')).map((name) => `${pointer.folder}/${name}`);
      const texts = await Promise.all(names.sort().map((name) => readFile(path.join(out, name), 'utf8')));
      return rowsOf(texts.join(''));
    },
    occupy: async () => {
      await mkdir(out, { recursive: true });
      await writeFile(path.join(out, 'precious.txt'), 'mine');
      return async () => (await readdir(out)).join() === 'precious.txt';
    },
    close: async () => undefined,
  };
}

/** Every so many-th request goes wrong in one of these ways. */
const TROUBLES: readonly (Trouble | undefined)[] = [
  undefined,
  { status: 503 },
  undefined,
  { cutAfter: 0 },
  undefined,
  undefined,
  { cutUpload: true },
  { status: 500 },
  undefined,
];

/** The store that fails now and then is asked again at once. */
const hurried: Clock = { ...systemClock, nowMs: () => systemClock.nowMs(), sleep: async () => undefined };

export async function bucketPlace(connector: DeliveryConnector, root: string): Promise<DeliveryPlace> {
  const server = await S3Server.start();
  const { connection } = server;
  const prefix = 'exports/items/';
  const textOf = (name: string) => server.objects.get(prefix + name)?.body.toString('utf8') ?? '';
  return {
    open: (product, mode, name) => {
      for (let i = 0; i < 30; i++) server.troubles.push(...TROUBLES);
      const options = { path: 'exports/items', format: 'ndjson', keep: 2 };
      const context = contextFor(
        connector,
        { folder: root, options, connection, secret: 'test-secret' },
        { product, mode, name },
      );
      return connector.open({ ...context, clock: hurried });
    },
    read: async (mode) => {
      if (textOf('latest.json') === '') return undefined;
      const pointer = JSON.parse(textOf('latest.json')) as Pointer;
      const { files } = JSON.parse(textOf(pointer.manifest)) as Manifest;
      const all = [...server.objects.keys()].filter(
        (key) => key.startsWith(`${prefix}${pointer.folder}/`) && key.endsWith('.ndjson'),
      );
      const names =
        mode === 'state' ? files.map((file) => file.path) : all.map((key) => key.slice(prefix.length));
      return rowsOf(names.sort().map(textOf).join(''));
    },
    occupy: async () => {
      server.put(`${prefix}precious.txt`, 'mine');
      return async () => [...server.objects.keys()].join() === `${prefix}precious.txt`;
    },
    close: () => server.stop(),
  };
}

export async function spreadsheetPlace(connector: DeliveryConnector, root: string): Promise<DeliveryPlace> {
  const folder = path.join(root, randomName());
  const file = path.join(folder, 'items.xlsx');
  return {
    open: (product, mode, name) =>
      connector.open(
        contextFor(connector, { folder, options: { path: 'items.xlsx' } }, { product, mode, name }),
      ),
    read: async () => {
      if (!existsSync(file)) return undefined;
      const { data } = XLSX.read(await readFile(file)).Sheets;
      const rows = XLSX.utils.sheet_to_json<Record<string, unknown>>(data ?? {}, { defval: null });
      return rows.map((row) => rowOf(JSON.stringify(row)));
    },
    occupy: async () => {
      await mkdir(folder, { recursive: true });
      await writeFile(file, 'mine');
      return async () => (await readFile(file, 'utf8')) === 'mine';
    },
    close: async () => undefined,
  };
}

export async function webhookPlace(connector: DeliveryConnector, root: string): Promise<DeliveryPlace> {
  const notes = memoryNotes();
  const server = await WebServer.start(() => ({ status: 204 }));
  const options = { connection: 'local', url: 'items', batch: 2 };
  const { connection } = server;
  return {
    open: (product, mode, name) =>
      connector.open(
        contextFor(connector, { folder: root, options, connection, notes }, { product, mode, name }),
      ),
    read: async (mode) => {
      const events = server.asked.flatMap(({ body }) => JSON.parse(body) as CloudEvent[]);
      if (mode === 'changes')
        return events.map((event) => ({ ...head(event), ...rowOf(JSON.stringify(event.data)) }));
      const rows = new Map<number, Row>();
      for (const event of events) {
        if (event.type === 'wharf.record.delete') rows.delete(event.data.id);
        else rows.set(event.data.id, rowOf(JSON.stringify(event.data)));
      }
      return [...rows.values()].sort((a, b) => Number(a.id) - Number(b.id));
    },
    close: () => server.stop(),
  };
}

interface CloudEvent {
  readonly type: string;
  readonly position: string;
  readonly data: { readonly id: number };
}

function head({ type, position }: CloudEvent): Row {
  return { _op: type.replace('wharf.record.', ''), _position: position };
}

export async function postgresPlace(
  connector: DeliveryConnector,
  root: string,
  server: PostgresServer,
): Promise<DeliveryPlace> {
  const table = `items_${randomName(4)}`;
  const where = { host: '127.0.0.1', port: server.port, database: 'postgres', user: server.user, tls: 'off' };
  const connection = { name: 'warehouse', type: 'postgres', options: { ...where, password: SECRET } };
  const client = await server.connect();
  const ask = async (sql: string) => (await client.query(sql)).rows as Record<string, unknown>[];
  const exists = async () =>
    (await ask(`select to_regclass('${table}') is not null as known`))[0]?.known === true;
  return {
    open: (product, mode, name) =>
      connector.open(
        contextFor(
          connector,
          { folder: root, options: { table }, connection, secret: server.password },
          { product, mode, name },
        ),
      ),
    read: async (mode) => {
      if (!(await exists())) return undefined;
      const order = mode === 'state' ? 'id' : '_position';
      const rows = await ask(`select to_jsonb(t) - '_time' as row from ${table} t order by ${order}`);
      return rows.map(({ row }) => sortedAs(rowOf(JSON.stringify(row))));
    },
    occupy: async () => {
      await ask(`create table ${table} (precious text)`);
      return async () => (await ask(`select * from ${table}`)).length === 0;
    },
    close: async () => {
      await ask(`drop table if exists ${table}; delete from wharf_deliveries where target like '%${table}%'`);
      await client.end();
    },
  };
}

const COLUMNS = ['_op', '_position', 'id', 'name'];

/** JSON of Postgres has its members in an order of its own. */
function sortedAs(row: Row): Row {
  const names = [
    ...COLUMNS.filter((name) => name in row),
    ...Object.keys(row).filter((name) => !COLUMNS.includes(name)),
  ];
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

function rowsOf(ndjson: string): Row[] {
  return ndjson
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { _time, ...row } = rowOf(line);
      return row;
    });
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}
