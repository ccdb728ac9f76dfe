/** What no driver says: messages in pieces, of wrong lengths, too many, in the wrong order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Shop, serveShop } from '../support/shop-mesh.ts';
import {
  bind,
  cells,
  execute,
  int16,
  int32,
  message,
  parse,
  query,
  sqlState,
  startup,
  sync,
  WireClient,
} from '../support/wire-client.ts';

let shop: Shop;
let url: string;

beforeAll(async () => {
  shop = await serveShop();
  url = shop.serving.sqlUrl ?? '';
});

afterAll(async () => shop?.close());

const int32Hex = (value: number) => int32(value).toString('hex');
const int64Hex = (value: bigint) =>
  Buffer.from(new BigInt64Array([value]).buffer)
    .reverse()
    .toString('hex');
const textHex = (text: string) => `${int32Hex(Buffer.byteLength(text))}${Buffer.from(text).toString('hex')}`;

async function binaryRow(
  sql: string,
  values: (string | Buffer | null)[] = [],
  oids: number[] = [],
): Promise<(string | undefined)[]> {
  const client = await WireClient.started(url);
  client.send(parse('', sql, oids), bind('', '', values, [1]), execute(''), sync());
  const answer = await client.until('Z');
  client.close();
  const row = answer.find(({ type }) => type === 'D');
  if (!row) throw new Error(answer.map(({ type, body }) => `${type} ${body.toString('latin1')}`).join('\n'));
  return cells(row).map((cell) => cell?.toString('hex'));
}

describe('values in binary form', () => {
  it('are exact, of every type', async () => {
    const days = (Date.UTC(2024, 0, 10) - Date.UTC(2000, 0, 1)) / 86_400_000;
    expect(
      await binaryRow(
        `select id, amount, weight, express, ordered_on, at_time, changed_at, counts, tags, more, picture, reference::uuid
          from shop.orders where id = 9`,
      ),
    ).toEqual([
      int64Hex(9n),
      // Two digits of base 10,000 from the ones on, positive, two places: 9 and 0900.
      '000200000000000200090384',
      '4002000000000000',
      '01',
      int32Hex(days),
      int64Hex(45_249_500_000n),
      int64Hex(BigInt(days) * 86_400_000_000n + 80_820_000_001n),
      `${int32Hex(1)}${int32Hex(0)}${int32Hex(20)}${int32Hex(2)}${int32Hex(1)}${int32Hex(8)}${int64Hex(9n)}${int32Hex(8)}${int64Hex(9_007_199_254_740_993n)}`,
      `${int32Hex(1)}${int32Hex(0)}${int32Hex(25)}${int32Hex(4)}${int32Hex(1)}${['a', 'b "4"', 'NULL', ''].map(textHex).join('')}`,
      Buffer.from('{"x":9007199254740993,"y":[1.50]}').toString('hex'),
      '0001ff',
      '00000000000040008000000000000009',
    ]);
  });

  it('of arrays know nulls, emptiness and dimensions', async () => {
    expect(
      await binaryRow('select array[1, null]::integer[], array[]::integer[], [[1, 2], [3, 4]]::smallint[][]'),
    ).toEqual([
      `${int32Hex(1)}${int32Hex(1)}${int32Hex(23)}${int32Hex(2)}${int32Hex(1)}${int32Hex(4)}${int32Hex(1)}${int32Hex(-1)}`,
      `${int32Hex(0)}${int32Hex(0)}${int32Hex(23)}`,
      `${int32Hex(2)}${int32Hex(0)}${int32Hex(21)}${int32Hex(2)}${int32Hex(1)}${int32Hex(2)}${int32Hex(1)}` +
        [1, 2, 3, 4].map((n) => `${int32Hex(2)}${int16(n).toString('hex')}`).join(''),
    ]);
  });

  it('of times know infinity, and negative decimals their sign', async () => {
    expect(
      await binaryRow(
        "select 'infinity'::timestamptz, '-infinity'::timestamp, 'infinity'::date, -12345.6700::decimal(12,4), 0.00012::decimal(10,5)",
      ),
    ).toEqual([
      '7fffffffffffffff',
      '8000000000000000',
      '7fffffff',
      '0003000140000004000109291a2c',
      // The first digit of base 10,000 stands behind the point: 0001, then 2000.
      '0002ffff00000005000107d0',
    ]);
  });

  it('of parameters are read as what they are', async () => {
    const array = Buffer.concat([
      int32(1),
      int32(0),
      int32(20),
      int32(2),
      int32(1),
      ...[5n, 6n].flatMap((n) => [int32(8), Buffer.from(int64Hex(n), 'hex')]),
    ]);
    const numeric = Buffer.from('0003000140000004000109291a2c', 'hex');
    expect(
      await binaryRow(
        'select $1::bigint[], $2::decimal(12,4), $3::uuid, $4::timestamptz, $5::boolean',
        [
          array,
          numeric,
          Buffer.from('00000000000040008000000000000009', 'hex'),
          Buffer.from(int64Hex(1n), 'hex'),
          Buffer.from([1]),
        ],
        [1016, 1700, 2950, 1184, 16],
      ),
    ).toEqual([
      array.toString('hex'),
      numeric.toString('hex'),
      '00000000000040008000000000000009',
      int64Hex(1n),
      '01',
    ]);
  });

  it('of broken parameters are refused, and the connection goes on', async () => {
    const client = await WireClient.started(url);
    const broken = [
      Buffer.alloc(0),
      Buffer.from('00000001', 'hex'),
      Buffer.from('0000000100000000000000147fffffff00000001', 'hex'),
    ];
    for (const value of broken) {
      client.send(parse('', 'select $1::bigint[]', [1016]), bind('', '', [value]), execute(''), sync());
      expect(sqlState(await client.until('Z'))).toBe('22P03');
    }
    expect(sqlState(await client.ask('select 1'))).toBeUndefined();
    client.close();
  });
});

describe('messages', () => {
  it('may come split at any byte', async () => {
    const conversation = Buffer.concat([
      startup({ user: 'me', database: 'test' }),
      parse('s', 'select $1::bigint + 1 as n'),
      bind('', 's', ['41']),
      execute(''),
      sync(),
      query("select 'ä'"),
    ]);
    const answers = new Set<string>();
    for (let at = 1; at < conversation.length; at++) {
      const client = new WireClient(url);
      client.socket.setNoDelay(true);
      client.send(conversation.subarray(0, at));
      await new Promise((resolve) => setImmediate(resolve));
      client.send(conversation.subarray(at));
      await client.until('Z');
      const all = [...(await client.until('Z')), ...(await client.until('Z'))];
      answers.add(all.map(({ type, body }) => `${type}${body.toString('latin1')}`).join('|'));
      client.close();
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toContain('42');
  });

  it.each([0, 3, -1, 2 ** 31 - 1])('of length %s end their connection, and nothing else', async (length) => {
    const client = await WireClient.started(url);
    client.send(Buffer.concat([Buffer.from('Q'), int32(length), Buffer.from('select 1\0')]));
    expect(sqlState(await client.until('none'))).toBe('08P01');
    expect((await shop.sql({ sql: 'select 1 as one' })).status).toBe(200);
  });

  it.each([
    ['of a type that there is not', message('~')],
    ['whose text does not end', message('Q', Buffer.from('select 1'))],
    ['that end before their parts', message('B', Buffer.from('\0\0\0\x05'))],
    ['with a list of negative length', message('P', Buffer.from('\0select 1\0'), int16(-1))],
  ])('%s end their connection', async (_, bytes) => {
    const client = await WireClient.started(url);
    client.send(bytes);
    expect(sqlState(await client.until('none'))).toBe('08P01');
  });

  it('after an error are skipped up to the sync', async () => {
    const client = await WireClient.started(url);
    client.send(parse('', 'select nothing'), bind('', ''), execute(''), execute('other'), sync());
    const answer = await client.until('Z');
    expect(answer.map(({ type }) => type)).toEqual(['E', 'Z']);
    client.send(bind('', 'never'), sync());
    expect(sqlState(await client.until('Z'))).toBe('26000');
    client.send(execute('never'), sync());
    expect(sqlState(await client.until('Z'))).toBe('34000');
    client.close();
  });

  it('ask for a part of the rows, and for the rest', async () => {
    const client = await WireClient.started(url);
    client.send(
      parse('', 'select i from generate_series(1, 5) i'),
      bind('', ''),
      execute('', 2),
      execute('', 2),
      execute('', 2),
      sync(),
    );
    const answer = await client.until('Z');
    expect(answer.map(({ type }) => type).join('')).toBe('12DDsDDsDCZ');
    client.close();
  });

  it('cancel what runs, from another connection', async () => {
    const client = new WireClient(url);
    client.send(startup({ user: 'me', database: 'test' }));
    const key = (await client.until('Z')).find(({ type }) => type === 'K')?.body ?? Buffer.alloc(8);
    client.send(
      query('select count(*) from range(100000000) a, range(1000000) b where a.range + b.range = -1'),
    );
    // What comes before the statement runs is meant for nothing, so it is asked again.
    const asking = setInterval(
      () => new WireClient(url).send(Buffer.concat([int32(16), int32(80_877_102), key])),
      300,
    );
    expect(sqlState(await client.until('Z'))).toBe('57014');
    clearInterval(asking);
    await expect.poll(async () => sqlState(await client.ask('select 1'))).toBeUndefined();
    client.close();
  });

  it('cancel nothing when nothing runs: the next statement is not meant', async () => {
    const client = new WireClient(url);
    client.send(startup({ user: 'me', database: 'test' }));
    const key = (await client.until('Z')).find(({ type }) => type === 'K')?.body ?? Buffer.alloc(8);
    const canceller = new WireClient(url);
    canceller.send(Buffer.concat([int32(16), int32(80_877_102), key]));
    await canceller.until('none');
    client.send(parse('', 'select 1'), bind('', ''), execute(''), sync());
    expect(sqlState(await client.until('Z'))).toBeUndefined();
    client.close();
  });

  it('in clear behind a request for TLS end the connection', async () => {
    const client = new WireClient(url);
    client.send(Buffer.concat([int32(8), int32(80_877_103), query('select 1')]));
    expect(sqlState(await client.until('none'))).toBe('08P01');
  });
});
