/** Records that break their contract: set aside with the reason, corrected, mapped again. */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

interface Reject {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly stage: string;
  readonly status: string;
  readonly reasons: readonly { readonly code: string }[];
}

const SPEC = itemsSpec(`inputs:
  source: { from: file, every: 100ms, path: data.ndjson, fields: { id: integer, day: string, size: integer } }
transform:
  sql: items.sql
key: [id]
fields:
  id: { type: integer, required: true }
  day: { type: date, required: true }
  size: { type: integer, max: 10 }
`);

const DATA = [
  '{"id":1,"day":"2001-01-31","size":1}',
  'no json',
  '{"id":2,"day":"31.01.2001","size":2}',
  '{"id":3,"day":"2001-01-31","size":30}',
  '{"id":4,"day":"2001-01-31","size":4}',
];

describe('rejects', () => {
  let wharf: WharfProcess | undefined;

  afterEach(async () => {
    await wharf?.stop();
    wharf = undefined;
  });

  const command = (mesh: string, ...args: string[]) => {
    const run = spawnSync(
      process.execPath,
      [path.join(packageRoot, 'bin', 'wharf.js'), ...args, '--mesh', mesh, '--json'],
      { encoding: 'utf8' },
    );
    return { code: run.status, answer: JSON.parse(run.stdout) as Record<string, never> };
  };
  const open = async () =>
    (await wharf?.get<{ rejects: Reject[] }>('/p/test.items/v1/rejects'))?.rejects ?? [];
  const ids = async () => {
    const found = await wharf?.get<{ rows: { id: number; day: string; size: number }[] }>(
      '/p/test.items/v1/rows?order=id',
    );
    return (found?.rows ?? []).map((row) => `${row.id}:${row.size}`).join(' ');
  };

  it('are found at each step, corrected by command, and mapped again when the SQL is', async () => {
    const mesh = await meshFolder({
      'items.product.yaml': SPEC,
      'items.sql': 'select id, cast(day as date) as day, size from source',
      'data.ndjson': `${DATA.join('\n')}\n`,
    });
    wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    await wharf.untilReady();
    expect(await ids()).toBe('1:1 4:4');
    const found = [...(await open())].sort((a, b) => (a.stage < b.stage ? -1 : 1));
    expect(found.map(({ stage, file, line, reasons }) => [stage, file, line, reasons[0]?.code])).toEqual([
      ['map', 'test.items@1/source', 2, 'MAP_FAILED'],
      ['record', 'test.items@1/source', 3, 'ABOVE_MAX'],
      ['source', 'data.ndjson', 2, 'JSON_INVALID'],
    ]);
    const [map, record, source] = found as [Reject, Reject, Reject];

    expect(command(mesh, 'rejects', 'test.items', record.id, '--set', 'size=40')).toMatchObject({
      code: 1,
      answer: { error: { code: 'REJECT_STILL_INVALID' } },
    });
    expect(command(mesh, 'rejects', 'test.items', record.id, '--set', 'size=3')).toMatchObject({ code: 0 });
    await writeFile(path.join(mesh, 'five.json'), '{\n  "id": 5,\n  "day": "2001-02-01"\n}\n');
    expect(
      command(mesh, 'rejects', 'test.items', source.id, '--file', path.join(mesh, 'five.json')),
    ).toMatchObject({ code: 0 });
    expect(await eventually(ids, (now) => now === '1:1 3:3 4:4 5:null')).toBe('1:1 3:3 4:4 5:null');
    expect(command(mesh, 'rejects', 'test.items', record.id, '--replay')).toMatchObject({
      code: 1,
      answer: { error: { code: 'REJECT_CLOSED' } },
    });

    await wharf.stop();
    await writeFile(
      path.join(mesh, 'items.sql'),
      `select id, coalesce(try_cast(day as date), try_strptime(day, '%d.%m.%Y')::date) as day, size from source`,
    );
    wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    await wharf.untilReady();
    const status = await wharf.get<{ products: { outdated: boolean; rejects: number; position: number }[] }>(
      '/api/status',
    );
    expect(status.products[0]).toMatchObject({ outdated: true, rejects: 1, position: 4 });
    expect(command(mesh, 'replay', 'test.items')).toMatchObject({ code: 0, answer: { changed: 1 } });
    expect(await ids()).toBe('1:1 2:2 3:3 4:4 5:null');
    expect(await open()).toEqual([]);
    expect((await wharf.get<Reject>(`/p/test.items/v1/rejects/${map.id}`)).status).toBe('replayed');
    expect(command(mesh, 'replay', 'test.items')).toMatchObject({ code: 0, answer: { changed: 0 } });
    expect(command(mesh, 'verify', 'test.items')).toMatchObject({ code: 0, answer: { ok: true } });
    expect(await readFile(path.join(mesh, 'data.ndjson'), 'utf8')).toContain('no json');
  });
});
