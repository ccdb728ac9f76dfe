/** Files that come, grow, are replaced and go: what a product then holds, and that nothing is journaled that did not change. */
import { appendFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

interface Rows {
  readonly position: number;
  readonly rows: readonly Record<string, unknown>[];
}

const FIELDS =
  'key: [id]\nfields:\n  id: { type: integer, required: true }\n  name: { type: string, required: true }\n';
const PLAIN = (input: string) =>
  itemsSpec(`inputs:\n  source: { from: file, every: 100ms, ${input} }\n${FIELDS}`);
const MAPPED = (input: string) =>
  itemsSpec(
    `inputs:\n  source: { from: file, every: 100ms, ${input}, fields: { id: integer, label: string } }\ntransform:\n  sql: select id, upper(label) as name from source where id < 100\n${FIELDS}`,
  );

describe('a product of files', () => {
  let wharf: WharfProcess | undefined;

  afterEach(async () => {
    await wharf?.stop();
    wharf = undefined;
  });

  const start = async (mesh: string) => {
    wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    await wharf.untilReady();
    return wharf;
  };
  const rows = (): Promise<Rows> =>
    (wharf as WharfProcess).get<Rows>('/p/test.items/v1/rows?order=id&limit=1000');
  const names = (found: Rows) => found.rows.map((row) => `${row.id}${row.name}`).join(' ');
  const until = (expected: string) => eventually(rows, (found) => names(found) === expected);
  /** A file is replaced in one step, as careful writers do. */
  const replace = async (file: string, text: string) => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  /** Long enough for several looks. */
  const aWhile = () => new Promise((resolve) => setTimeout(resolve, 800));

  it('takes new files and new lines, also after a restart, and reads nothing twice', async () => {
    const mesh = await meshFolder({
      'items.product.yaml': PLAIN('path: data/*.ndjson'),
      'data/a.ndjson': '{"id":1,"name":"a"}\n',
    });
    await start(mesh);
    expect(names(await until('1a'))).toBe('1a');
    await appendFile(path.join(mesh, 'data/a.ndjson'), '{"id":2,"name":"b"}\n');
    await writeFile(path.join(mesh, 'data/b.ndjson'), '{"id":3,"name":"c"}\n');
    expect(names(await until('1a 2b 3c'))).toBe('1a 2b 3c');
    await wharf?.stop();
    await appendFile(path.join(mesh, 'data/b.ndjson'), '{"id":4,"name":"d"}\n');
    await start(mesh);
    const found = await until('1a 2b 3c 4d');
    expect([names(found), found.position]).toEqual(['1a 2b 3c 4d', 4]);
  });

  it('journals only what differs when a file is replaced', async () => {
    const mesh = await meshFolder({
      'items.product.yaml': PLAIN('path: data.csv'),
      'data.csv': 'id,name\n1,a\n2,b\n3,c\n',
    });
    await start(mesh);
    await until('1a 2b 3c');
    await replace(path.join(mesh, 'data.csv'), 'id,name\n3,c\n2,B\n1,a\n');
    const changed = await until('1a 2B 3c');
    expect([names(changed), changed.position]).toEqual(['1a 2B 3c', 4]);
    await replace(path.join(mesh, 'data.csv'), 'id,name\n1,a\n3,c\n2,B\n');
    await aWhile();
    expect((await rows()).position).toBe(4);
    // In append mode what is gone from a file stays in the product.
    await replace(path.join(mesh, 'data.csv'), 'id,name\n1,A\n');
    expect(names(await until('1A 2B 3c'))).toBe('1A 2B 3c');
  });

  it.each([
    [
      'as they are',
      PLAIN('path: data.json, mode: snapshot'),
      (id: number, name: string) => `{"id":${id},"name":"${name}"}`,
    ],
    [
      'mapped',
      MAPPED('path: data.json, mode: snapshot'),
      (id: number, name: string) => `{"id":${id},"label":"${name.toLowerCase()}","more":[1.50]}`,
    ],
  ])('deletes what is gone from the newest snapshot, records %s', async (_how, spec, item) => {
    const file = (...items: string[]) => `[${items.join(',')}]`;
    const mesh = await meshFolder({
      'items.product.yaml': spec,
      'data.json': file(item(1, 'A'), item(2, 'B'), item(3, 'C')),
    });
    await start(mesh);
    const first = await until('1A 2B 3C');
    expect([names(first), first.position]).toEqual(['1A 2B 3C', 3]);
    await replace(path.join(mesh, 'data.json'), file(item(3, 'C'), item(4, 'D'), item(1, 'X')));
    const second = await until('1X 3C 4D');
    expect([names(second), second.position]).toEqual(['1X 3C 4D', 6]);
    await wharf?.stop();
    await start(mesh);
    await aWhile();
    const third = await rows();
    expect([names(third), third.position]).toEqual(['1X 3C 4D', 6]);
    const before = await wharf?.get<Rows>('/p/test.items/v1/rows?at=3');
    expect(before && names(before)).toBe('1A 2B 3C');
  });

  it('keeps a correction when the file that holds the bad record is read again', async () => {
    const mesh = await meshFolder({
      'items.product.yaml': PLAIN('path: data.csv, mode: snapshot'),
      'data.csv': 'id,name\n1,a\nx,b\n',
    });
    const served = await start(mesh);
    await until('1a');
    const { rejects } = await served.get<{ rejects: { id: string; line: number; file: string }[] }>(
      '/p/test.items/v1/rejects',
    );
    expect(rejects).toMatchObject([{ file: 'data.csv', line: 3 }]);
    const { secret } = (await import('../../src/runtime/find-server.ts').then((m) =>
      m.findServer(path.join(mesh, '.wharf')),
    )) ?? { secret: '' };
    const replay = await fetch(`${served.url}/p/test.items/v1/rejects/${rejects[0]?.id}/replay`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ document: '{"id":2,"name":"b"}' }),
    });
    expect(replay.status).toBe(200);
    expect(names(await until('1a 2b'))).toBe('1a 2b');
    await replace(path.join(mesh, 'data.csv'), 'id,name\n1,A\nx,b\n');
    expect(names(await until('1A 2b'))).toBe('1A 2b');
    expect((await served.get<{ total: number }>('/p/test.items/v1/rejects')).total).toBe(0);
  });

  it('delivers a file in the order of a field', async () => {
    const mesh = await meshFolder({
      'items.product.yaml': PLAIN('path: data.ndjson, replay: { by: name }'),
      'data.ndjson': '{"id":1,"name":"c"}\n{"id":2,"name":"a"}\n{"id":3,"name":"b"}\n',
    });
    await start(mesh);
    await until('1c 2a 3b');
    const second = await wharf?.get<Rows>('/p/test.items/v1/rows?at=2&order=id');
    expect(second && names(second)).toBe('2a 3b');
  });
});
