import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countLines, readLineChunks } from './line-file.ts';
import { integerBetween, seededRandom } from './random.ts';

const SEED = Number(process.env.WHARF_SEED ?? 20_261_122);

describe(`files of lines (seed ${SEED})`, () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'wharf-lines-'));
    file = path.join(folder, 'lines');
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function read(chunkBytes: number): Promise<{ text: string; counts: number; room: number[] }> {
    const read = { text: '', counts: 0, room: [] as number[] };
    for await (const { bytes, count } of readLineChunks(file, chunkBytes)) {
      expect(count).toBe(countLines(bytes));
      expect(bytes.at(-1)).toBe(10);
      read.text += Buffer.from(bytes).toString();
      read.counts += count;
      read.room.push(bytes.buffer.byteLength);
    }
    return read;
  }

  it('come back in whole lines, whatever the chunks', async () => {
    const random = seededRandom(SEED);
    for (let round = 0; round < 40; round++) {
      const lines = Array.from({ length: integerBetween(random, 0, 60) }, (_, i) =>
        String(i).repeat(integerBetween(random, 0, 300)),
      );
      const isEnded = random.next() < 0.7;
      await writeFile(file, lines.join('\n') + (isEnded && lines.length > 0 ? '\n' : ''));
      const text = lines.map((line) => `${line}\n`).join('');
      const { text: got, counts } = await read(integerBetween(random, 1, 5_000));
      // An empty last line without its end is none.
      const wanted = !isEnded && lines.at(-1) === '' ? text.slice(0, -1) : text;
      expect(got).toBe(wanted);
      expect(counts).toBe(wanted.split('\n').length - 1);
    }
  });

  it('take no more room than they need', async () => {
    await writeFile(file, 'one\ntwo\n');
    const { text, room } = await read(1024 * 1024);
    expect(text).toBe('one\ntwo\n');
    expect(Math.max(...room)).toBeLessThan(4_096);
  });
});
