/** Pushed records: what is acknowledged is there once, whatever happens to the process or to the request. */
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { integerBetween, seededRandom } from '../../src/base/random.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { rowsByRest, rowsByStream } from '../support/read-ports.ts';
import { SEED } from '../support/seed.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const SPEC = itemsSpec(
  'inputs:\n  source: { from: push }\nkey: [id]\nfields:\n  id: { type: integer, required: true }\n  name: string\n',
);

interface Answer {
  readonly status: number;
  readonly body: {
    readonly accepted?: number;
    readonly rejected?: number;
    readonly position?: number;
    readonly code?: string;
    readonly rejects?: unknown[];
  };
}

describe('a product that is pushed to', () => {
  let wharf: WharfProcess | undefined;

  afterEach(async () => {
    await wharf?.stop();
    wharf = undefined;
  });

  const start = async (mesh: string) => {
    wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
    return wharf;
  };
  const push = async (
    body: string | Uint8Array,
    headers: Record<string, string> = {},
    query = '',
  ): Promise<Answer> => {
    const response = await fetch(`${wharf?.url}/p/test.items/v1/inputs/source${query}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };

  it('takes one record, an array, lines and gzip, and tells why a record was not taken', async () => {
    await start(await meshFolder({ 'items.product.yaml': SPEC }));
    expect(await push('{"id":1}')).toMatchObject({ status: 200, body: { accepted: 1, position: 1 } });
    expect(await push('[{"id":2},\n {"id":3,\n "name":"c"}]')).toMatchObject({
      status: 200,
      body: { accepted: 2, position: 3 },
    });
    expect(await push('{"id":4}\n{"id":5}\n', { 'Content-Type': 'application/x-ndjson' })).toMatchObject({
      status: 200,
      body: { accepted: 2 },
    });
    expect(await push(gzipSync('{"id":6}'), { 'Content-Encoding': 'gzip' })).toMatchObject({
      status: 200,
      body: { accepted: 1, position: 6 },
    });
    expect(await push('[{"id":7},{"id":"x"},{"idd":8}]')).toMatchObject({
      status: 207,
      body: {
        accepted: 1,
        rejected: 2,
        rejects: [{ index: 1, reasons: [{ code: 'TYPE_MISMATCH', pointer: '/id' }] }, { index: 2 }],
      },
    });
    expect(await push('{"id":3}', {}, '?op=delete')).toMatchObject({
      status: 200,
      body: { accepted: 1, position: 8 },
    });
    const { rows } = await rowsByRest(wharf?.url ?? '', 'test.items/v1');
    expect(rows.map((row) => (row as { id: string }).id)).toEqual(['#1', '#2', '#4', '#5', '#6', '#7']);
  });

  it('refuses what it cannot take', async () => {
    await start(await meshFolder({ 'items.product.yaml': SPEC }));
    const refused = [
      ['', {}, '', 400, 'PUSH_EMPTY'],
      ['{"id":1}', { 'Content-Type': 'text/csv' }, '', 415, 'PUSH_MEDIA_TYPE'],
      ['{"id":1}', { 'Content-Encoding': 'br' }, '', 415, 'PUSH_ENCODING'],
      ['not gzip', { 'Content-Encoding': 'gzip' }, '', 415, 'PUSH_ENCODING'],
      ['[{"id":1}', {}, '', 400, 'JSON_DOCUMENT_UNFINISHED'],
      ['{"id":1}', {}, '?op=drop', 400, 'PUSH_OPTION'],
      ['{"id":1}', { 'Idempotency-Key': 'k'.repeat(300) }, '', 400, 'IDEMPOTENCY_KEY_INVALID'],
      [gzipSync(Buffer.alloc(40_000_000, 32)), { 'Content-Encoding': 'gzip' }, '', 413, 'PUSH_TOO_LARGE'],
    ] as const;
    for (const [body, headers, query, status, code] of refused)
      expect(await push(body, headers, query)).toMatchObject({ status, body: { code } });
  });

  it('applies a repeated request once, also when it comes twice at once, and after a kill', async () => {
    const mesh = await meshFolder({ 'items.product.yaml': SPEC });
    await start(mesh);
    const headers = { 'Idempotency-Key': 'one' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => push('[{"id":1},{"id":"x"}]', headers)),
    );
    expect(answers.map((answer) => [answer.status, answer.body.accepted, answer.body.rejected])).toEqual(
      Array.from({ length: 8 }, () => [207, 1, 1]),
    );
    expect(await push('{"id":2}', headers)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_CONFLICT' },
    });
    await wharf?.kill();
    await start(mesh);
    expect(await push('[{"id":1},{"id":"x"}]', headers)).toMatchObject({
      status: 207,
      body: { accepted: 1, position: 1 },
    });
  });

  it('has every acknowledged record once after being killed under load', async () => {
    const seed = SEED;
    const random = seededRandom(seed);
    const mesh = await meshFolder({ 'items.product.yaml': SPEC });
    const acknowledged = new Set<number>();
    let next = 1;
    for (let round = 0; round < 4; round++) {
      const served = await start(mesh);
      const writer = async () => {
        for (;;) {
          const ids = Array.from({ length: integerBetween(random, 1, 20) }, () => next++);
          const answer = await push(JSON.stringify(ids.map((id) => ({ id }))), {
            'Idempotency-Key': `batch-${ids[0]}`,
          });
          if (answer.status === 200) for (const id of ids) acknowledged.add(id);
        }
      };
      const before = acknowledged.size;
      const writers = Array.from({ length: 4 }, () => writer().catch(() => undefined));
      // However busy the machine is, something was acknowledged before the kill.
      await expect.poll(() => acknowledged.size - before).toBeGreaterThan(12);
      await new Promise((resolve) => setTimeout(resolve, integerBetween(random, 0, 500)));
      await served.kill();
      await Promise.all(writers);
    }
    const served = await start(mesh);
    const { position, rows } = await rowsByRest(served.url, 'test.items/v1');
    const found = new Set(rows.map((row) => Number((row as { id: string }).id.slice(1))));
    const lost = [...acknowledged].filter((id) => !found.has(id));
    expect({ seed, lost, journaled: position }).toEqual({ seed, lost: [], journaled: rows.length });
    expect((await rowsByStream(served.url, 'test.items/v1', position)).length).toBe(rows.length);
    expect(acknowledged.size).toBeGreaterThan(50);
  });
});
