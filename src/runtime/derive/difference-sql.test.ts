import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import type { StatementProgress } from '../../engine/engine.ts';
import { startTestEngine } from '../../engine/test-engine.ts';
import type { Dataset } from '../../schema/field.ts';
import { type DeriveProgress, tellStatements, tellWay } from './derive-progress.ts';
import { differenceSql, differenceStepsSql } from './difference-sql.ts';
import { type DifferenceChunk, readDifference, readParts } from './read-difference.ts';

const DATASET: Dataset = {
  name: 'b',
  key: ['id', 'k'],
  fields: [
    { name: 'id', type: 'integer', required: true },
    { name: 'k', type: 'string', required: true },
    { name: 'n', type: 'integer', reduce: 'sum' },
    { name: 't', type: 'string' },
  ],
  extra: 'refuse',
} as unknown as Dataset;

type Texts = Record<DifferenceChunk['part'], string>;

function sortedLines(text: string): string {
  return text.split('\n').sort().join('\n');
}

async function textOf(chunks: AsyncIterable<DifferenceChunk>): Promise<Texts> {
  const parts: Texts = { repeated: '', gone: '', changed: '' };
  for await (const { part, bytes } of chunks) parts[part] += Buffer.from(bytes).toString();
  return parts;
}

describe('a difference that is found in steps', () => {
  const state = `select i as id, 'k' || (i % 3) as k, i * 2 as n, 'text' as t from range(200) r(i)`;
  const rows = (more: string) =>
    `select i as id, 'k' || (i % 3) as k, case when i % 7 = 0 then null else i * 2 end as n, case when i % 5 = 0 then 'a' || chr(10) || '-' else 'text' end as t from range(50, 300) r(i) ${more}`;

  it('is that of one statement, line by line, and tells of each step', async () => {
    const engine = startTestEngine({ threads: 2 });
    const folder = await temporaryFolder('difference-sql');
    const files = {
      repeated: path.join(folder, 'r'),
      gone: path.join(folder, 'g'),
      changed: path.join(folder, 'c'),
    };
    try {
      for (const written of ['changed', 'replaced'] as const)
        for (const more of ['', "union all select 299, 'k2', 1, null"]) {
          const compared = { rows: rows(more), state, written };
          const file = path.join(folder, 'all');
          await engine.run(differenceSql(DATASET, compared, file));
          const heard: StatementProgress[] = [];
          await engine.run(differenceStepsSql(DATASET, compared, files), {
            onProgress: (p) => heard.push(p),
          });
          const parts = await textOf(readParts(files));
          const wanted = await textOf(readDifference(file));
          // Rows of one key have no order among each other; nothing is journaled where a key is repeated.
          if (more !== '') for (const texts of [parts, wanted]) texts.changed = sortedLines(texts.changed);
          expect(parts).toEqual(wanted);
          expect(parts.repeated !== '', 'a key that is there twice').toBe(more !== '');
          expect(parts.gone.split('\n').length).toBeGreaterThan(50);
          expect(parts.changed.split('\n').length).toBeGreaterThan(50);
          expect([...new Set(heard.map(({ statement }) => statement))]).toEqual([0, 1, 2, 3, 4]);
        }
    } finally {
      await engine.close();
    }
  });
});

describe('what a cycle tells of itself', () => {
  it('is the step that a statement belongs to, with figures only where the engine has some', () => {
    const told: DeriveProgress[] = [];
    const hear = tellStatements((progress) => told.push(progress), 2);
    hear({ statement: 0 });
    hear({ statement: 1, rows: { done: 5, total: 10 } });
    hear({ statement: 2 });
    expect(told).toEqual([
      { step: 'computing', unit: 'rows' },
      { step: 'computing', unit: 'rows', amount: { done: 5, total: 10 } },
      { step: 'comparing', unit: 'rows' },
    ]);
  });

  it('is one way where a first answer is made in parts', () => {
    const told: unknown[] = [];
    let way: { done: number; total: number } | undefined = { done: 100, total: 300 };
    const hear = tellWay(
      (progress) => told.push(progress),
      () => way,
    );
    hear({ step: 'computing', unit: 'records', amount: { done: 20, total: 100 } });
    hear({ step: 'comparing', unit: 'rows', amount: { done: 1, total: 2 } });
    hear({ step: 'journaling', unit: 'records', amount: { done: 16, total: 100 } });
    way = undefined;
    hear({ step: 'journaling', unit: 'records', amount: { done: 16, total: 100 } });
    expect(told).toEqual([
      { step: 'computing', unit: 'records', amount: { done: 120, total: 300 } },
      { step: 'journaling', unit: 'records', amount: { done: 16, total: 100 } },
    ]);
  });
});
