import { WharfError } from '../../base/errors.ts';
import { CellsProfile } from '../../schema/infer/infer-dataset.ts';
import { PROFILES_MAX } from '../../schema/infer/value-profile.ts';
import '../errors.ts';
import type { CsvShape } from '../sniff-csv.ts';
import { columnNames } from './column-names.ts';
import { CsvSplitter } from './csv-splitter.ts';
import { tooWide } from './draft-errors.ts';
import type { FileProfile } from './file-profile.ts';
import { ITEM_LENGTH_MAX } from './json-array-finder.ts';

/** Delimited text of a known shape. */
export async function profileCsv(text: AsyncIterable<string>, shape: CsvShape): Promise<FileProfile> {
  const splitter = new CsvSplitter(shape);
  let table: CsvTable | undefined;
  for await (const piece of text) {
    for (const cells of splitter.feed(piece)) {
      if (table) table.add(cells);
      else table = new CsvTable(cells, shape.header);
    }
    if (splitter.pending > ITEM_LENGTH_MAX) {
      throw new WharfError(
        'DRAFT_TOO_LARGE',
        `A row is longer than ${ITEM_LENGTH_MAX} characters: is a quote left open?`,
      );
    }
  }
  for (const cells of splitter.end()) {
    if (table) table.add(cells);
    else table = new CsvTable(cells, shape.header);
  }
  table ??= new CsvTable([], true);
  const dataset = table.profile.result();
  const csv = { ...shape, columns: table.declared };
  return { format: 'csv', dataset, csv, unreadable: table.rows - dataset.rows + splitter.broken };
}

/** The rows of a file below its column names. */
class CsvTable {
  readonly profile: CellsProfile;
  /** The names that have to be declared, because the file has none or not these. */
  readonly declared: readonly string[] | undefined;
  #rows = 0;

  constructor(first: readonly string[], isHeader: boolean) {
    if (first.length > PROFILES_MAX) throw tooWide();
    const columns = columnNames(isHeader ? first : first.map(() => ''));
    const isAsWritten = columns.every((name, i) => name === first[i]);
    this.declared = isHeader && isAsWritten ? undefined : columns;
    this.profile = new CellsProfile(columns);
    if (!isHeader) this.add(first);
  }

  get rows(): number {
    return this.#rows;
  }

  add(cells: readonly string[]): void {
    this.#rows += 1;
    this.profile.add(cells);
  }
}
