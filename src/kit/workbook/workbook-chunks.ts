/**
 * A workbook made on the way out, from the rows as NDJSON: nothing is kept but what was not taken yet, and others get their turn
 * every few milliseconds.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from '../../base/clock.ts';
import type { XlsxCell } from '../../protocols/xlsx/xlsx-cell.ts';
import {
  cellTooLong,
  XLSX_CELL_LENGTH_MAX,
  type XlsxColumn,
  XlsxWriter,
} from '../../protocols/xlsx/xlsx-writer.ts';
import type { Field } from '../../schema/field.ts';
import { longLines, ndjsonLines } from './ndjson-lines.ts';
import { fieldCells, rowCells } from './row-cells.ts';

/** Milliseconds of work before others get their turn. */
const TURN_MS = 5;
/** Rows between two looks at the clock. */
const LOOK_ROWS = 16;
const NUMBER_WIDTH = 12;
const TIME_WIDTH = 22;
const TEXT_WIDTH = 20;

/**
 * Refuses, before anything is sent, what would break off in the middle: values too long for a cell. Only a line of more
 * bytes than that can hold one. Throws XLSX_CELL_TOO_LONG.
 */
export async function refuseLongCells(file: string, fields: readonly Field[]): Promise<void> {
  const cells = fieldCells(fields, true);
  for await (const { line, text } of longLines(file, XLSX_CELL_LENGTH_MAX)) {
    for (const [i, cell] of rowCells(fields, cells, text).entries()) {
      if (cell?.kind !== 'text' || cell.text.length <= XLSX_CELL_LENGTH_MAX) continue;
      throw cellTooLong(line, fields[i]?.name ?? '', cell.text.length);
    }
  }
}

/** A further sheet, small enough to be made at once. */
export interface WorkbookTable {
  readonly name: string;
  readonly columns: readonly XlsxColumn[];
  readonly rows: readonly (readonly XlsxCell[])[];
}

export interface WorkbookExtras {
  readonly tables: readonly WorkbookTable[];
  readonly properties: Readonly<Record<string, string>>;
}

/** The bytes of the workbook. Throws XLSX_TOO_WIDE, XLSX_TOO_LARGE. */
export async function* workbookChunks(
  file: string,
  fields: readonly Field[],
  rawFormulas: boolean,
  extras?: WorkbookExtras,
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const columns = fields.map((field) => ({ name: field.name, width: widthOf(field) }));
  const properties = extras ? { properties: extras.properties } : {};
  const writer = new XlsxWriter({ columns, ...properties, write: (chunk) => chunks.push(chunk) });
  const cells = fieldCells(fields, rawFormulas);
  let turnMs = systemClock.nowMs();
  let rows = 0;
  for await (const lines of ndjsonLines(file)) {
    for (const line of lines) {
      writer.row(rowCells(fields, cells, line));
      rows += 1;
      if (rows % LOOK_ROWS !== 0 || systemClock.nowMs() - turnMs < TURN_MS) continue;
      yield* chunks.splice(0);
      await nextTurn();
      turnMs = systemClock.nowMs();
    }
  }
  for (const table of extras?.tables ?? []) {
    writer.table(table.name, table.columns);
    for (const row of table.rows) writer.row(row);
  }
  writer.end();
  yield* chunks;
}

function widthOf(field: Field): number {
  switch (field.type) {
    case 'integer':
    case 'number':
    case 'decimal':
    case 'boolean':
    case 'date':
      return Math.max(NUMBER_WIDTH, field.name.length + 2);
    case 'timestamp':
      return TIME_WIDTH;
    default:
      return TEXT_WIDTH;
  }
}
