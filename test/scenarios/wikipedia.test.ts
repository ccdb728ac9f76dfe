/**
 * The example `wikipedia`, by its specs alone, against a local server that speaks as the public stream does: comments, ids that are
 * JSON lists, events cut in two, connections that end in the middle of one, and events that are told again after each.
 * What is expected is counted here once more, in plain JavaScript.
 */
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import type { Manifest, Pointer } from '../../src/deliver/files/manifest.ts';
import { readCsv } from '../support/csv.ts';
import { eventually } from '../support/mesh-folder.ts';
import { verify } from '../support/run-wharf.ts';
import { SseServer } from '../support/sse-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

interface Change {
  readonly meta: { readonly id: string; readonly dt: string; readonly domain: string };
  readonly type: string;
  readonly bot: boolean;
  readonly length?: { readonly old?: number; readonly new?: number };
}

interface Row {
  readonly day: string;
  readonly editor: string;
  readonly edits: number;
  readonly added: number;
  readonly deleted: number;
}

const FILE = path.join(packageRoot, 'test', 'support', 'recent-changes.ndjson');
const EVENTS_AT_FIRST = 100;

let events: string[];
let server: SseServer;
let mesh: string;
let data: string;
let wharf: WharfProcess;

beforeAll(async () => {
  events = (await readFile(FILE, 'utf8')).trim().split('\n');
  server = await SseServer.start({
    events: events.slice(0, EVENTS_AT_FIRST),
    cutAfterBytes: 9_001,
    repeats: 4,
    chunkBytes: 97,
  });
  mesh = await temporaryFolder('wikipedia');
  await cp(path.join(packageRoot, 'examples', 'wikipedia'), mesh, { recursive: true });
  const spec = await readFile(path.join(mesh, 'mesh.yaml'), 'utf8');
  const local = spec.replace('url: "https://stream.wikimedia.org"', `url: "${server.origin}", private: true`);
  expect(local).not.toBe(spec);
  await writeFile(path.join(mesh, 'mesh.yaml'), local);
  const product = path.join(mesh, 'wikipedia', 'lines-by-bots-and-humans.product.yaml');
  const sooner = (await readFile(product, 'utf8')).replace('every: 1m', 'every: 1s');
  expect(sooner).toContain('to: files');
  await writeFile(product, sooner);
  data = await temporaryFolder('data');
});
afterAll(async () => {
  await wharf?.stop();
  await server.stop();
});

function expected(texts: readonly string[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { meta, type, bot, length } of texts.map((text) => JSON.parse(text) as Change)) {
    if (!['edit', 'new'].includes(type) || meta.domain === 'canary') continue;
    const day = meta.dt.slice(0, 10);
    const editor = bot ? 'bot' : 'human';
    const growth = (length?.new ?? 0) - (length?.old ?? 0);
    const before = rows.get(day + editor) ?? { day, editor, edits: 0, added: 0, deleted: 0 };
    rows.set(day + editor, {
      ...before,
      edits: before.edits + 1,
      added: before.added + Math.max(growth, 0),
      deleted: before.deleted + Math.max(-growth, 0),
    });
  }
  return sorted([...rows.values()]);
}

function sorted(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => (a.day + a.editor < b.day + b.editor ? -1 : 1));
}

async function counted(): Promise<Row[]> {
  const answer = await wharf.get<{ rows: Row[] }>('/p/wikipedia.lines-by-bots-and-humans/v1/rows');
  return sorted(answer.rows);
}

/** As somebody reads the folder: from its pointer over the manifest to the files. */
async function reported(): Promise<Row[]> {
  const folder = path.join(mesh, 'exports', 'lines-by-bots-and-humans');
  const text = (name: string) => readFile(path.join(folder, name), 'utf8');
  const pointer = path.join(folder, 'latest.json');
  if (!existsSync(pointer)) return [];
  const { manifest } = JSON.parse(await readFile(pointer, 'utf8')) as Pointer;
  const { files } = JSON.parse(await text(manifest)) as Manifest;
  const rows = (await Promise.all(files.map((file) => text(file.path)))).flatMap(readCsv);
  return sorted(
    rows.map(({ day = '', editor = '', ...counts }) => ({
      day,
      editor,
      edits: Number(counts.edits),
      added: Number(counts.added),
      deleted: Number(counts.deleted),
    })),
  );
}

describe('the example wikipedia', () => {
  it('counts each edit once, though the stream repeats events and breaks off in the middle of them', async () => {
    wharf = await WharfProcess.start({ mesh, data });
    const wanted = expected(events.slice(0, EVENTS_AT_FIRST));
    expect(await eventually(counted, (rows) => JSON.stringify(rows) === JSON.stringify(wanted))).toEqual(
      wanted,
    );
    expect(server.seen.length).toBeGreaterThan(2);
  });

  it('goes on behind the last event that was journaled after the process was killed', async () => {
    await wharf.kill();
    const requests = server.seen.length;
    server.tell(events.slice(EVENTS_AT_FIRST));
    wharf = await WharfProcess.start({ mesh, data });
    const wanted = expected(events);
    expect(await eventually(counted, (rows) => JSON.stringify(rows) === JSON.stringify(wanted))).toEqual(
      wanted,
    );
    expect(JSON.parse(server.seen[requests] ?? '')).toMatchObject([{ topic: 'here.changes' }, {}]);
  });

  it('is delivered too, as files that hold the same rows', async () => {
    const wanted = expected(events);
    expect(await eventually(reported, (rows) => JSON.stringify(rows) === JSON.stringify(wanted))).toEqual(
      wanted,
    );
  });

  it('rejects nothing of the stream, and is what its query gives', async () => {
    const { rejects } = await wharf.get<{ rejects: unknown[] }>('/p/wikipedia.edits/v1/rejects');
    expect(rejects).toEqual([]);
    expect(verify(mesh, data, 'wikipedia.lines-by-bots-and-humans').answer).toMatchObject({ ok: true });
  });
});
