import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as XLSX from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { contextFor } from '../../../test/conformance/delivery-places.ts';
import { PlainProduct } from '../../../test/conformance/plain-product.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import type { DeliveryContext } from '../../kit/delivery.ts';
import { spreadsheetDelivery } from './spreadsheet-delivery.ts';

const upsert = (id: string, name: string, position: number) => ({
  position,
  op: 'upsert' as const,
  row: { id, name },
});

async function setUp(names: readonly string[]) {
  const folder = await temporaryFolder('spreadsheet');
  const product = new PlainProduct(
    folder,
    names.map((name, i) => upsert(`${i === 0 ? '9007199254740993' : i}`, name, i + 1)),
  );
  const target = { folder, options: { path: 'shared/items.xlsx', filter: 'id > 0' } };
  const context: DeliveryContext = {
    ...contextFor(spreadsheetDelivery, target, { product, mode: 'state' }),
    standing: () => ({
      promises: ['freshness: at most 26 h 00 min'],
      checks: [
        {
          ...{ id: 'rows', kind: 'rows', severity: 'error', doc: 'There are rows.', threshold: 'at least 1' },
          ...{ status: 'passed', position: 2, checkedAt: '2026-01-31T10:00:00Z' },
        } as const,
      ],
    }),
  };
  const deliver = async (position: number) => {
    const destination = await spreadsheetDelivery.open(context);
    const before = destination.position;
    await destination.load(product.state('state', position));
    await destination.close();
    return before;
  };
  const file = path.join(folder, 'shared', 'items.xlsx');
  return { folder, file, deliver };
}

async function sheets(file: string): Promise<Record<string, unknown[][]>> {
  const book = XLSX.read(await readFile(file));
  return Object.fromEntries(
    Object.entries(book.Sheets).map(([name, sheet]) => [
      name,
      XLSX.utils.sheet_to_json(sheet, { header: 1, defval: null }),
    ]),
  );
}

describe('a workbook that is kept up to date', () => {
  it('has the rows as they are, and says on further sheets what they mean and how good they are', async () => {
    const { file, deliver } = await setUp(['=1+1', 'b']);
    await deliver(2);
    const { data, fields, contract, quality } = await sheets(file);
    expect(data).toEqual([
      ['id', 'name'],
      [1, 'b'],
      ['9007199254740993', '=1+1'],
    ]);
    expect(fields?.slice(0, 2).map((row) => row.slice(0, 4))).toEqual([
      ['field', 'type', 'key', 'required'],
      ['id', 'integer', true, true],
    ]);
    expect(Object.fromEntries(contract as [string, unknown][])).toMatchObject({
      product: 'test.items',
      'rows that are delivered': 'id > 0',
      rows: 2,
      position: 2,
      promise: 'freshness: at most 26 h 00 min',
    });
    expect(quality?.[1]?.slice(0, 5)).toEqual(['rows', 'rows', 'error', 'passed', 'at least 1']);
  });

  it('is written anew after somebody saved it from another program', async () => {
    const { file, deliver } = await setUp(['a', 'b']);
    await deliver(1);
    const book = XLSX.read(await readFile(file));
    XLSX.utils.sheet_add_aoa(book.Sheets.data as XLSX.WorkSheet, [['changed by hand']], { origin: 'B2' });
    await writeFile(file, XLSX.write(book, { type: 'buffer', bookType: 'xlsx' }));
    expect(await deliver(2)).toBeUndefined();
    expect((await sheets(file)).data).toHaveLength(3);
    expect(await deliver(2)).toBe(2);
  });

  it('stays as it was when a value does not fit into a cell, and says which', async () => {
    const { file, folder, deliver } = await setUp(['a', 'x'.repeat(32_768)]);
    await deliver(1);
    await expect(deliver(2)).rejects.toMatchObject({
      code: 'XLSX_CELL_TOO_LONG',
      message: expect.stringMatching(
        /"name" in row 1 has 32768 characters; a cell of a workbook holds 32767/,
      ),
    });
    expect((await sheets(file)).data).toHaveLength(2);
    expect((await readdir(path.join(folder, 'shared'))).sort()).toEqual([
      '.items.xlsx.wharf.json',
      'items.xlsx',
    ]);
  });
});
