import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../base/errors.ts';
import type { Engine } from './engine.ts';
import { startTestEngine } from './test-engine.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'wharf-arrow-'));

describe('an Arrow file', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = startTestEngine({ memoryMb: 256 });
  });
  afterAll(() => engine.close());

  async function written(query: string) {
    const file = path.join(folder, 'rows.arrow');
    await engine.writeArrow(query, file);
    return tableFromIPC(readFileSync(file));
  }

  it('holds every type exactly, and nulls of each', async () => {
    const table = await written(`
      select * from (values
        (1, 9223372036854775807, 0.1::double, 12345678901234567890123456789012345.678::decimal(38,3), (-12.5)::decimal(4,1), -99999.99::decimal(8,2), 123456789012.345::decimal(18,3),
         true, chr(65279) || 'ä€😀 longer than twelve bytes', date '1969-12-31', time '22:27:00.000001', timestamp '2001-01-31 22:27:00.123456',
         timestamptz '2001-01-31 22:27:00+01', '\\x00\\xFF'::blob, {'a': 9007199254740993::bigint, 'b': ['x', null]}, [1.25::decimal(6,2), null]),
        (2, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
        (3, (-9223372036854775807)::bigint - 1, '-0.0'::double, (-0.001)::decimal(38,3), 0::decimal(4,1), 0.01, -0.001, false, '', date '9999-12-31', time '00:00:00', timestamp '0001-01-01 00:00:00',
         timestamptz '9999-12-31 23:59:59.999999+00', ''::blob, {'a': null, 'b': []}, [])
      ) t(n, i, f, d38, d4, d8, d18, b, s, da, ti, ts, tz, bl, o, l)`);
    expect(String(table.schema)).toBe(
      'Schema<{ 0: n: Int32, 1: i: Int64, 2: f: Float64, 3: d38: Decimal[38e+3], 4: d4: Decimal[4e+1], 5: d8: Decimal[8e+2], 6: d18: Decimal[18e+3], ' +
        '7: b: Bool, 8: s: Utf8, 9: da: Date32<DAY>, 10: ti: Time64<MICROSECOND>, 11: ts: Timestamp<MICROSECOND>, 12: tz: Timestamp<MICROSECOND, UTC>, ' +
        '13: bl: Binary, 14: o: Struct<{a:Int64, b:List<Utf8>}>, 15: l: List<Decimal[6e+2]> }>',
    );
    const column = (name: string) => [0, 1, 2].map((row) => table.getChild(name)?.get(row) ?? null);
    expect(column('i')).toEqual([9223372036854775807n, null, -9223372036854775808n]);
    expect(column('f')).toEqual([0.1, null, -0]);
    expect(unscaled(table, 'd38')).toEqual([12345678901234567890123456789012345678n, null, -1n]);
    expect(unscaled(table, 'd4')).toEqual([-125n, null, 0n]);
    expect(unscaled(table, 'd8')).toEqual([-9999999n, null, 1n]);
    expect(unscaled(table, 'd18')).toEqual([123456789012345n, null, -1n]);
    expect(column('b')).toEqual([true, null, false]);
    expect(column('da').map(Number)).toEqual([-86_400_000, 0, Date.UTC(9999, 11, 31)]);
    expect(column('ti')).toEqual([80_820_000_001n, null, 0n]);
    expect(raw(table, 'ts')).toEqual([980_980_020_123_456n, 0n, -62_135_596_800_000_000n]);
    expect(raw(table, 'tz')).toEqual([980_976_420_000_000n, 0n, 253_402_300_799_999_999n]);
    expect(column('bl')).toEqual([Uint8Array.of(0, 255), null, new Uint8Array()]);
    const objects = column('o').map((o) => o && { a: o.a, b: o.b && [...o.b] });
    expect(objects).toEqual([{ a: 9007199254740993n, b: ['x', null] }, null, { a: null, b: [] }]);
    expect(column('l').map((list) => list && [...list].map((d) => d && int128(d)))).toEqual([
      [125n, null],
      null,
      [],
    ]);
    expect(textBytes(table, 's')).toBe(`\uFEFFä€😀 longer than twelve bytes`);
  });

  it('holds the same rows over many batches, in order', async () => {
    const rows = 100_000;
    const table = await written(
      `select i, case when i % 3 = 0 then null else 'row ' || i end as s, case when i % 5 = 0 then null else [i, i + 1] end as l, i % 2 = 0 as b from range(${rows}) t(i)`,
    );
    expect(table.numRows).toBe(rows);
    expect(table.batches.length).toBeGreaterThan(2);
    let row = 0n;
    for (const { i, s, l, b } of table) {
      if (i !== row || b !== (row % 2n === 0n) || s !== (row % 3n === 0n ? null : `row ${row}`))
        throw new Error(`row ${row} differs`);
      const list = l && [...l];
      if (row % 5n === 0n ? list !== null : list[0] !== row || list[1] !== row + 1n)
        throw new Error(`row ${row} differs`);
      row += 1n;
    }
  });

  it('keeps the order that the query asks for, over many batches', async () => {
    const table = await written('select i from range(300000) t(i) order by i desc');
    let expected = 299_999n;
    for (const { i } of table) if (i !== expected--) throw new Error(`${i} stands in the wrong place`);
    expect(expected).toBe(-1n);
  });

  it('of no rows still tells its columns', async () => {
    const table = await written("select 1::bigint as a, 'x' as b where false");
    expect([table.numRows, table.schema.names]).toEqual([0, ['a', 'b']]);
  });

  it('keeps memory flat at 3,000,000 rows', async () => {
    const before = await engine.rssBytes();
    let peak = 0;
    const file = path.join(folder, 'large.arrow');
    const timer = setInterval(async () => {
      peak = Math.max(peak, await engine.rssBytes());
    }, 50);
    await engine.writeArrow(
      "select i, 'a text of some thirty characters ' || i as s from range(3000000) t(i)",
      file,
    );
    clearInterval(timer);
    expect(statSync(file).size).toBeGreaterThan(150_000_000);
    expect(peak - before).toBeLessThan(150_000_000);
  });

  it('says which column has a type that Arrow files do not take', async () => {
    await expect(written('select interval 1 day as wait')).rejects.toThrow('"wait"');
  });

  it('fails when the query fails half way, or is stopped', async () => {
    await expect(
      written("select case when i = 9000000 then ('x' || i)::integer else 1 end from range(10000000) t(i)"),
    ).rejects.toThrow("'x9000000'");
    expect(existsSync(path.join(folder, 'rows.arrow'))).toBe(false);
    const file = path.join(folder, 'stopped.arrow');
    const stopped = engine.writeArrow('select i from range(100000000000) t(i)', file, { deadlineMs: 200 });
    expect(await stopped.then(() => 'done', codeOf)).toBe('ENGINE_DEADLINE');
  });
});

type Table = Awaited<ReturnType<typeof tableFromIPC>>;

/** Four words of 32 bits, lowest first, in two's complement. */
function int128(words: Uint32Array): bigint {
  return BigInt.asIntN(
    128,
    [...words].reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n),
  );
}

/** Values as they stand in the file, where the library would make a rounded number of them. */
function raw(table: Table, name: string): bigint[] {
  return [...(table.getChild(name)?.data[0]?.values ?? [])];
}

function unscaled(table: Table, name: string): (bigint | null)[] {
  const column = table.getChild(name);
  return [0, 1, 2].map((row) => {
    const words = column?.get(row);
    return words ? int128(words) : null;
  });
}

function textBytes(table: Table, name: string): string {
  const { values, valueOffsets } = table.getChild(name)?.data[0] ?? {};
  return Buffer.from(values.subarray(valueOffsets?.[0], valueOffsets?.[1])).toString('utf8');
}
