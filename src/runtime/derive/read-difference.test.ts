import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDifference } from './read-difference.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-difference-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string): Promise<Record<string, string>> {
  const file = path.join(folder, 'answer');
  await writeFile(file, text);
  const parts: Record<string, string> = {};
  for await (const { part, bytes } of readDifference(file))
    parts[part] = (parts[part] ?? '') + Buffer.from(bytes).toString();
  return parts;
}

describe('the file of a difference', () => {
  it('may have nothing in it', async () => {
    expect(await read('-\n-\n')).toEqual({});
  });

  it('is told apart by its parts', async () => {
    const parts = await read('{"key":1,"times":2}\n-\n{"id":2}\n{"id":3}\n-\n{"id":4}\n');
    expect(parts).toEqual({
      repeated: '{"key":1,"times":2}\n',
      gone: '{"id":2}\n{"id":3}\n',
      changed: '{"id":4}\n',
    });
  });

  it('keeps text that ends like the line between parts', async () => {
    const parts = await read('-\n{"t":"a-"}\n-\n{"t":"-"}\n{"t":"b -"}\n');
    expect(parts).toEqual({ gone: '{"t":"a-"}\n', changed: '{"t":"-"}\n{"t":"b -"}\n' });
  });

  it('may be larger than what is read at once', async () => {
    const lines = (from: number) => Array.from({ length: 40_000 }, (_, i) => `{"id":${from + i}}\n`).join('');
    const parts = await read(`-\n${lines(0)}-\n${lines(50_000)}`);
    expect(parts).toEqual({ gone: lines(0), changed: lines(50_000) });
  });
});
