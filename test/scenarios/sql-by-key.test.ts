/** A row that is asked for by its key comes from an index of keys; a statement that says the same in more words comes from the engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { meshFolder } from '../support/mesh-folder.ts';
import { documentOf, ODD_FIELDS, ODD_ROWS } from '../support/odd-values.ts';
import { serveHere } from '../support/serve-here.ts';
import { bind, cells, execute, parse, sqlState, sync, WireClient } from '../support/wire-client.ts';

const SPEC = `product: odd.values
version: 1.0.0
status: active
owner: test
alignment: source
tier: bronze
purpose: Values that are easily lost.
inputs:
  source: { from: push }
${ODD_FIELDS}access:
  - { allow: [anyone] }
`;

let serving: Serving;
let client: WireClient;

async function push(lines: readonly string[]): Promise<void> {
  const response = await fetch(`${serving.url}/p/odd.values/v1/inputs/source`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  expect(await response.json()).toMatchObject({ accepted: lines.length });
}

beforeAll(async () => {
  serving = await serveHere(await meshFolder({ 'odd.product.yaml': SPEC }), systemClock, 0);
  await push(ODD_ROWS.map(documentOf));
  client = await WireClient.started(serving.sqlUrl ?? '');
}, 60_000);

afterAll(async () => {
  client?.close();
  await serving?.close();
});

const TEXT = 'id, whole, double, money, huge, tiny, text, flag, day, clock, instant, wall';
const BINARY = 'id, whole, double, text, flag';
/** What differs between the two is only that an engine must look at one of them. */
const condition = (isByKey: boolean) => `where id = $1${isByKey ? '' : ' and true'}`;

/** The messages that answer it, as they came. */
async function answer(name: string, key: string | Buffer | null, format: number): Promise<string[]> {
  client.send(bind('', name, [key], [format]), execute(''), sync());
  const messages = await client.until('Z');
  return messages.map(({ type, body }) => `${type} ${body.toString('hex')}`);
}

/** Prepares both. */
async function prepare(name: string, columns: string): Promise<void> {
  for (const isByKey of [true, false])
    client.send(
      parse(`${name} ${isByKey}`, `select ${columns} from odd.values ${condition(isByKey)}`),
      sync(),
    );
  for (const _ of [1, 2]) expect(sqlState(await client.until('Z'))).toBeUndefined();
}

async function expectSame(name: string, key: string | Buffer | null, format: number): Promise<string[]> {
  const byKey = await answer(`${name} true`, key, format);
  expect(byKey, `${name} of ${String(key)}`).toEqual(await answer(`${name} false`, key, format));
  return byKey;
}

describe('a row by its key', { timeout: 60_000 }, () => {
  it('is the same as any query gives it: every type, in text and binary form', async () => {
    await prepare('text', TEXT);
    await prepare('binary', BINARY);
    await prepare('mixed', 'text, 1, double as d, whole');
    await prepare('whole', '*');
    for (const { id = '' } of ODD_ROWS) {
      const binary = Buffer.from(new BigInt64Array([BigInt(id)]).buffer).reverse();
      const rows = [
        await expectSame('text', id, 0),
        await expectSame('binary', id, 1),
        await expectSame('binary', binary, 1),
        await expectSame('mixed', id, 0),
        await expectSame('whole', id, 0),
      ];
      for (const row of rows) expect(row.some((message) => message.startsWith('D'))).toBe(true);
    }
  });

  it('is not there for keys that no row has, and for null; what is no key is refused alike', async () => {
    await prepare('one', '1');
    for (const key of ['7', '-1', '+0', null, '9223372036854775807'])
      expect((await expectSame('one', key, 0)).some((message) => message.startsWith('D'))).toBe(false);
    for (const key of ['9223372036854775808', 'x', '', '1.0', ' 1']) await expectSame('one', key, 0);
  });

  it('is that of the position that is asked for, before and after it is changed and deleted', async () => {
    const text = async () => {
      const messages = await (async () => {
        client.send(
          parse('', 'select text from odd.values where id = $1'),
          bind('', '', ['3']),
          execute(''),
          sync(),
        );
        return client.until('Z');
      })();
      expect(sqlState(messages)).toBeUndefined();
      const row = messages.find(({ type }) => type === 'D');
      return row && cells(row)[0]?.toString();
    };
    expect(await text()).toBe('=1+1');
    await client.ask('begin');
    expect(await text()).toBe('=1+1');
    // Enough look-ups for an index to be made.
    for (let i = 0; i < 30; i++) expect(await text()).toBe('=1+1');
    await push(['{"id":3,"text":"changed"}']);
    expect(await text()).toBe('=1+1');
    await client.ask('commit');
    expect(await text()).toBe('changed');
    await client.ask(`set wharf.at = '${ODD_ROWS.length}'`);
    expect(await text()).toBe('=1+1');
    await client.ask('reset wharf.at');
    expect(await text()).toBe('changed');
    await client.ask("set wharf.at = '999'");
    client.send(
      parse('', 'select text from odd.values where id = $1'),
      bind('', '', ['3']),
      execute(''),
      sync(),
    );
    expect(sqlState(await client.until('Z'))).toBe('22023');
    await client.ask('reset wharf.at');
  });
});
