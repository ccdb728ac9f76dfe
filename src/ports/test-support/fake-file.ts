import type { SnapshotFormat } from '../../kit/reader.ts';
import type { Dataset } from '../../schema/field.ts';
import { csvOfRows } from '../rest/csv-rows.ts';
import type { FakeRow } from './fake-rows.ts';

/** A file's content. Parquet and Arrow are only stood in for: ports pass their bytes on unseen. */
export function fakeFile(
  dataset: Dataset,
  rows: readonly FakeRow[],
  format: SnapshotFormat,
  defuse: boolean,
): string {
  const documents = rows.map((row) => row.document);
  switch (format) {
    case 'ndjson':
      return documents.map((document) => `${document}\n`).join('');
    case 'json':
      return `[${documents.join(',\n')}]\n`;
    case 'csv':
      return csvOfRows(dataset.fields, documents, !defuse);
    case 'parquet':
    case 'arrow':
      return `${format}:${documents.length} rows, as bytes that only readers of the format understand`;
  }
}
