/**
 * Writes tables as a workbook, row by row, in memory that does not grow with the rows. Rows that do not fit into a
 * sheet go on in the next one, under the same header.
 *
 *     const writer = new XlsxWriter({ columns, write: (chunk) => ... });
 *     for (const row of rows) writer.row(row);
 *     writer.table('about', aboutColumns);
 *     for (const row of aboutRows) writer.row(row);
 *     writer.end();
 */
import { Zip } from 'fflate';
import { WharfError } from '../../base/errors.ts';
import { DeflatedPart } from './deflated-part.ts';
import './xlsx-errors.ts';
import {
  PROPERTIES_PATH,
  propertiesXml,
  SHEET_END,
  STYLES,
  sheetPath,
  sheetStart,
  workbookParts,
} from './workbook-parts.ts';
import { textCell, type XlsxCell } from './xlsx-cell.ts';
import { xmlText } from './xml-text.ts';

export const XLSX_ROWS_MAX = 1_048_576;
export const XLSX_COLUMNS_MAX = 16_384;
/** UTF-16 code units of a cell's text. */
export const XLSX_CELL_LENGTH_MAX = 32_767;
/** Sizes in a ZIP file without extensions have 32 bits; the rest is room for what is still held back. */
const ZIP_BYTES_MAX = 0xffff_ffff - 64 * 1024 * 1024;
/** XML that is collected before it is compressed. */
const TEXT_LENGTH = 128 * 1024;

export interface XlsxColumn {
  readonly name: string;
  /** In characters. */
  readonly width: number;
}

export interface XlsxWriterOptions {
  /** Of the first table, `data`. */
  readonly columns: readonly XlsxColumn[];
  /** Gets the file's bytes in order, during `row` and `end`. */
  readonly write: (chunk: Uint8Array) => void;
  /** Rows of a sheet, header included. */
  readonly sheetRowsMax?: number;
  /** Shown by Excel as the file's own properties; they are the first thing in it. */
  readonly properties?: Readonly<Record<string, string>>;
}

interface Table {
  readonly name: string;
  readonly columns: readonly XlsxColumn[];
  readonly letters: readonly string[];
  /** Sheets so far. */
  sheets: number;
  /** Rows so far, for messages. */
  rows: number;
}

export class XlsxWriter {
  readonly #options: XlsxWriterOptions;
  readonly #sheetRowsMax: number;
  readonly #zip: Zip;
  readonly #sheets: string[] = [];
  #table: Table;
  #sheet: DeflatedPart;
  #text = '';
  #sheetBytes = 0;
  #zipBytes = 0;
  /** Rows in the open sheet. */
  #rows = 0;

  /** Throws XLSX_TOO_WIDE, XLSX_CELL_TOO_LONG. */
  constructor(options: XlsxWriterOptions) {
    this.#options = options;
    this.#sheetRowsMax = options.sheetRowsMax ?? XLSX_ROWS_MAX;
    this.#zip = new Zip((error, chunk) => this.#write(error, chunk));
    if (options.properties)
      this.#part(PROPERTIES_PATH).push(Buffer.from(propertiesXml(options.properties)), true);
    this.#table = tableOf('data', options.columns);
    this.#sheet = this.#openSheet();
  }

  /** Rows from now on belong to another table, in a sheet of this name. Throws XLSX_TOO_WIDE, XLSX_CELL_TOO_LONG. */
  table(name: string, columns: readonly XlsxColumn[]): void {
    this.#closeSheet();
    this.#table = tableOf(name, columns);
    this.#sheet = this.#openSheet();
  }

  /** Cells in the order of the columns. Throws XLSX_CELL_TOO_LONG, XLSX_TOO_LARGE. */
  row(cells: readonly XlsxCell[]): void {
    this.#table.rows += 1;
    if (this.#rows >= this.#sheetRowsMax || this.#sheetBytes > ZIP_BYTES_MAX) {
      this.#closeSheet();
      this.#sheet = this.#openSheet();
    }
    this.#row(cells, undefined);
    if (this.#text.length >= TEXT_LENGTH) this.#flush(false);
  }

  /** Completes the file; nothing may follow. */
  end(): void {
    this.#closeSheet();
    for (const [path, xml] of workbookParts(this.#sheets, this.#options.properties !== undefined)) {
      const part = this.#part(path);
      part.push(Buffer.from(xml), true);
    }
    this.#zip.end();
  }

  #openSheet(): DeflatedPart {
    const table = this.#table;
    const sheet = this.#part(sheetPath(this.#sheets.length));
    table.sheets += 1;
    this.#sheets.push(table.sheets === 1 ? table.name : `${table.name} ${table.sheets}`);
    this.#text = sheetStart(table.columns.map((column) => column.width));
    this.#sheetBytes = 0;
    this.#rows = 0;
    this.#row(
      table.columns.map((column) => textCell(column.name)),
      STYLES.header,
    );
    return sheet;
  }

  #closeSheet(): void {
    this.#text += SHEET_END;
    this.#flush(true);
  }

  #row(cells: readonly XlsxCell[], style: number | undefined): void {
    this.#rows += 1;
    let text = `<row r="${this.#rows}">`;
    for (const [i, cell] of cells.entries()) {
      if (cell !== null) text += this.#cell(`${this.#table.letters[i]}${this.#rows}`, cell, i, style);
    }
    this.#text += `${text}</row>`;
  }

  #cell(reference: string, cell: NonNullable<XlsxCell>, column: number, style: number | undefined): string {
    switch (cell.kind) {
      case 'number':
        return `<c r="${reference}"><v>${cell.literal}</v></c>`;
      case 'boolean':
        return `<c r="${reference}" t="b"><v>${cell.value ? 1 : 0}</v></c>`;
      case 'text': {
        if (cell.text.length > XLSX_CELL_LENGTH_MAX) throw this.#tooLong(cell.text, column);
        const shown = style ?? (cell.quoted ? STYLES.quoted : 0);
        return `<c r="${reference}" s="${shown}" t="inlineStr"><is><t xml:space="preserve">${xmlText(cell.text)}</t></is></c>`;
      }
      default:
        return `<c r="${reference}" s="${STYLES[cell.kind]}"><v>${cell.serial}</v></c>`;
    }
  }

  #tooLong(text: string, column: number): WharfError {
    const { columns, rows } = this.#table;
    return cellTooLong(rows, columns[column]?.name ?? '', text.length);
  }

  #part(path: string): DeflatedPart {
    const part = new DeflatedPart(path);
    this.#zip.add(part);
    return part;
  }

  #flush(last: boolean): void {
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    this.#sheetBytes += bytes.length;
    this.#sheet.push(bytes, last);
  }

  #write(error: Error | null, chunk: Uint8Array): void {
    if (error) throw error;
    this.#zipBytes += chunk.length;
    if (this.#zipBytes > ZIP_BYTES_MAX) {
      throw new WharfError('XLSX_TOO_LARGE', `The workbook would be larger than ${ZIP_BYTES_MAX} bytes.`, {
        hint: 'Take another format, such as parquet or csv.',
      });
    }
    this.#options.write(chunk);
  }
}

function tableOf(name: string, columns: readonly XlsxColumn[]): Table {
  if (columns.length > XLSX_COLUMNS_MAX) {
    throw new WharfError(
      'XLSX_TOO_WIDE',
      `The table has ${columns.length} columns; a sheet holds ${XLSX_COLUMNS_MAX}.`,
      { hint: 'Take another format, such as parquet or csv.' },
    );
  }
  return { name, columns, letters: columns.map((_, i) => columnLetters(i)), sheets: 0, rows: 0 };
}

/** Rows count from 1, without the header. */
export function cellTooLong(row: number, column: string, length: number): WharfError {
  return new WharfError(
    'XLSX_CELL_TOO_LONG',
    `The value of "${column}" in row ${row} has ${length} characters; a cell of a workbook holds ${XLSX_CELL_LENGTH_MAX}.`,
    { hint: 'Take another format, such as parquet or csv.', details: { row, column } },
  );
}

/** 0 is A, 26 is AA. */
function columnLetters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : columnLetters(Math.floor(column / 26) - 1) + last;
}
