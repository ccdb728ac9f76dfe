/** Products by TypeScript, as their users meet them. */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { eventually, meshFolder } from '../support/mesh-folder.ts';
import { expectedLines, linesOf, type Order, TYPESCRIPT_MESH } from '../support/typescript-mesh.ts';
import { WharfProcess } from '../support/wharf-process.ts';

let wharf: WharfProcess | undefined;
afterEach(async () => {
  await wharf?.stop();
  wharf = undefined;
});

async function up(mesh: string): Promise<WharfProcess> {
  wharf = await WharfProcess.start({ mesh, data: path.join(mesh, '.wharf') });
  return wharf;
}

function command(...args: string[]) {
  const bin = path.join(packageRoot, 'bin', 'wharf.js');
  const run = spawnSync(process.execPath, [bin, ...args, '--json'], { encoding: 'utf8' });
  return { code: run.status, answer: JSON.parse(run.stdout) };
}

async function push(product: string, input: string, body: string, query = ''): Promise<void> {
  const response = await fetch(`${wharf?.url}/p/test.${product}/v1/inputs/${input}${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body,
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

async function rows(product: string): Promise<string> {
  const response = await fetch(`${wharf?.url}/p/test.${product}/v1/files/${product}.ndjson`);
  return response.text();
}

interface Rejects {
  readonly rejects: readonly {
    readonly id: string;
    readonly document: string;
    readonly stage: string;
    readonly reasons: readonly { readonly message: string }[];
  }[];
}
const rejects = async (product: string) =>
  (await wharf?.get<Rejects>(`/p/test.${product}/v1/rejects`))?.rejects ?? [];

const order = (
  id: string,
  customer: string,
  ...items: readonly (readonly [string, number, string])[]
): Order => ({
  id,
  customer,
  items: items.map(([sku, count, price]) => ({ sku, count, price })),
});
const orderText = ({ id, customer, items }: Order) =>
  `{"id":${id},"customer":"${customer}","items":[${items.map(({ sku, count, price }) => `{"sku":"${sku}","count":${count},"price":${price}}`).join(',')}]}\n`;

describe('a product derived by TypeScript', () => {
  it('follows its inputs, keeps every digit, and sets aside what its code fails on', async () => {
    const mesh = await meshFolder(TYPESCRIPT_MESH);
    await up(mesh);
    const orders = new Map<string, Order>();
    const customers = new Map<string, string>();
    const give = async (...given: Order[]) => {
      for (const one of given) orders.set(one.id, one);
      await push('orders', 'push', given.map(orderText).join(''));
    };
    const asExpected = async () => {
      const expected = expectedLines(orders, customers);
      const found = await eventually(
        async () => linesOf(await rows('lines')),
        (lines) => lines.join() === expected.join(),
      );
      expect(found).toEqual(expected);
    };

    await give(
      order('9007199254740993', 'Ana', ['a', 3, '1.10'], ['b', 1, '9999999999.99']),
      order('2', 'Ben', ['c', 0, '1.00'], ['d', 1, '1.00']),
    );
    await asExpected();
    expect(await rejects('lines')).toMatchObject([
      { stage: 'map', reasons: [{ message: 'nothing of c (lines.ts:7)' }] },
    ]);

    customers.set('Ana', 'DE');
    await push('customers', 'push', '{"name":"Ana","country":"DE"}\n');
    await asExpected();

    await give(order('9007199254740993', 'Ben', ['a', 4, '1.10']), order('2', 'Ana', ['c', 2, '0.05']));
    await asExpected();
    expect(
      await eventually(
        () => rejects('lines'),
        (found) => found.length === 0,
      ),
    ).toEqual([]);

    orders.delete('2');
    await push('orders', 'push', '{"id":2}\n', '?op=delete');
    await asExpected();
    expect(command('verify', 'test.lines', '--mesh', mesh)).toMatchObject({ code: 0, answer: { ok: true } });
  });

  it('goes over to a changed transform with the difference alone', async () => {
    const mesh = await meshFolder(TYPESCRIPT_MESH);
    await up(mesh);
    await push(
      'orders',
      'push',
      orderText(order('1', 'Ana', ['a', 1, '1.00'])) + orderText(order('2', 'Ben', ['b', 1, '2.00'])),
    );
    await eventually(
      () => rows('lines'),
      (text) => text.split('\n').length === 3,
    );
    await wharf?.stop();
    const file = path.join(mesh, 'lines.ts');
    const source = await readFile(file, 'utf8');
    await writeFile(file, source.replace('sku: item.sku', "sku: item.sku === 'a' ? 'z' : item.sku"));
    await up(mesh);
    await wharf?.untilReady();
    expect(linesOf(await rows('lines'))).toEqual(['1 1 z null 1.00', '2 1 b null 2.00']);
    expect(await wharf?.get('/p/test.lines/v1/rows')).toMatchObject({ position: 3 });
  });
});

describe('an external input mapped by TypeScript', () => {
  it('gives rows, and sets aside records that throw and rows that break the contract', async () => {
    const mesh = await meshFolder(TYPESCRIPT_MESH);
    await up(mesh);
    await push('words', 'source', '{"id":1,"text":"a b a"}\n{"text":"x"}\n{"id":2,"text":"c D"}\n');
    const found = await eventually(
      () => rows('words'),
      (text) => text.split('\n').length === 4,
    );
    expect(found).toBe('{"id":1,"word":"a"}\n{"id":1,"word":"b"}\n{"id":2,"word":"c"}\n');
    const set = (await rejects('words')).map(({ stage, document, reasons }) => [
      stage,
      document,
      reasons[0]?.message,
    ]);
    expect(set.sort()).toEqual([
      ['map', '{"text":"x"}', 'RangeError: a text without an id (words.ts:5)'],
      ['record', '{"id":2,"word":"D"}', expect.stringContaining('"D"')],
    ]);
  });
});

describe('wharf check of TypeScript', () => {
  it('writes the types, and says where the code is wrong', async () => {
    const mesh = await meshFolder({
      ...TYPESCRIPT_MESH,
      'words.ts': 'export default {\n  source(} => []\n};\n',
    });
    const { code, answer } = command('check', mesh);
    expect(code).toBe(1);
    expect(answer.diagnostics).toMatchObject([
      { code: 'TRANSFORM_TYPESCRIPT', file: 'words.ts', line: 2, column: 10 },
    ]);
    const types = await readFile(path.join(mesh, '.wharf-types', 'wharf.d.ts'), 'utf8');
    expect(types).toContain("declare module 'wharf:test.lines'");
    expect(command('types', mesh)).toMatchObject({ code: 0, answer: { files: [] } });
  });
});
