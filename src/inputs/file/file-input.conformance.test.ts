import { copyFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describePullInput, type SourceAtRest } from '../../../test/conformance/inputs.ts';
import { fileInput } from './file-input.ts';
import { TestFolder } from './test-support/test-folder.ts';

const PADDING = 'x'.repeat(200);
const records = Array.from({ length: 4_000 }, (_, i) => `{"n":${i},"t":"${i}${PADDING}"}`);
const csv = records.map((_, i) => `${i},${i}${PADDING}`);

function source(
  options: Record<string, unknown>,
  files: Record<string, string | Uint8Array>,
  expected: readonly string[],
) {
  return async (): Promise<SourceAtRest> => {
    const folder = new TestFolder();
    for (const [name, content] of Object.entries(files)) folder.write(name, content);
    const toNdjson = async (file: string) => {
      await copyFile(file, `${file}.copy`);
      return `${file}.copy`;
    };
    return {
      context: { options: { every: '10ms', ...options }, baseFolder: folder.path, toNdjson },
      records: expected,
      remove: async () => folder.remove(),
    };
  };
}

const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');

describePullInput(
  'ndjson',
  fileInput,
  source(
    { path: '*.ndjson' },
    { '2.ndjson': lines(records.slice(0, 3_900)), '10.ndjson': lines(records.slice(3_900)) },
    records,
  ),
);
describePullInput('csv', fileInput, source({ path: 'a.csv' }, { 'a.csv': `n,t\r\n${lines(csv)}` }, csv));
describePullInput(
  'json',
  fileInput,
  source(
    { path: ['a.json'], records: '$.rows' },
    { 'a.json': `{"rows": [${records.join(' , ')}]}` },
    records,
  ),
);
describePullInput(
  'gzip',
  fileInput,
  source({ path: '*.gz' }, { 'a.csv.gz': gzipSync(`n,t\n${lines(csv)}`), 'b.csv.gz': gzipSync('n,t\n1,2') }, [
    ...csv,
    '1,2',
  ]),
);
describePullInput(
  'parquet',
  fileInput,
  source({ path: 'a.parquet' }, { 'a.parquet': lines(records) }, records),
);

const shuffled = records.map((_, i) => `{"n":${(i * 7) % records.length}}`);
const inOrder = records.map((_, i) => `{"n":${i}}`);
describePullInput(
  'replay',
  fileInput,
  source({ path: 'a.ndjson', replay: { by: 'n' } }, { 'a.ndjson': lines(shuffled) }, inOrder),
);
