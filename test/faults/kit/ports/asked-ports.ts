/** The ports of one product, asked the same, and compared row by row with what plain JavaScript makes of the rows at the position. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { arrowRows } from '../../../support/arrow-rows.ts';
import { readCsvCells } from '../../../support/csv.ts';
import {
  answerOf,
  type Column,
  groupSql,
  groupsOf,
  matching,
  type Question,
  type Row,
  restParameters,
  rowText,
  sqlOf,
} from '../../../support/questions.ts';
import { fileBytes, ParquetReader, valuesOfCells } from '../../../support/read-files.ts';
import { parseExact, rowsByNdjson, rowsByStream } from '../../../support/read-ports.ts';
import { workbookRows } from '../../../support/workbook-rows.ts';
import { PORTS_PATH, PORTS_PRODUCT } from './ports-mesh.ts';

const KINDS = { id: 'number', amount: 'number', n: 'number' } as const;
const TABLE = 'test.items';
const PAGE_ROWS = '1000';

/** A port gave other rows than it must. */
export class PortsDisagree extends Error {}

export interface RowsAt {
  readonly at: number;
  readonly rows: readonly Row[];
}

export class AskedPorts {
  readonly #url: string;
  readonly #parquet: ParquetReader;
  #compared = 0;

  private constructor(url: string, parquet: ParquetReader) {
    this.#url = url;
    this.#parquet = parquet;
  }

  /** Keeps files that it reads in the folder. */
  static async open(url: string, folder: string): Promise<AskedPorts> {
    const files = path.join(folder, 'parquet');
    mkdirSync(files);
    return new AskedPorts(url, await ParquetReader.open(files));
  }

  /** Rows that ports gave, each compared with the row that it must be. */
  get compared(): number {
    return this.#compared;
  }

  /** By REST, SQL (also grouped by a column) and the chart. Throws PortsDisagree. */
  async ask(question: Question, { at, rows }: RowsAt, by: Column): Promise<void> {
    const right = answerOf(question, rows);
    const parameters = String(restParameters(question, 'rest'));
    this.#agree('rest', { parameters, at }, await this.#byRest(question, at), right);
    const sql = sqlOf(question, TABLE);
    this.#agree('sql', { sql, at }, await this.#bySql(sql, at), right);
    const grouped = groupSql(question, by, TABLE);
    const groups = (await this.#bySql(grouped, at)).sort();
    this.#agree('sql', { grouped, at }, groups, groupsOf(question, by, rows).sort());
    const drawn = `${PORTS_PATH}/chart?${restParameters(question, 'chart')}&at=${at}`;
    const chart = await (await fetch(`${this.#url}${drawn}`)).text();
    const { rows: points, cut } = parseExact(chart) as { rows: unknown[]; cut: boolean };
    const all = matching(question, rows).map((row) => rowText(row, question.select));
    const isCut = all.length > points.length;
    if (cut !== isCut) throw new PortsDisagree(`chart says cut: ${cut}, expected ${isCut}, for ${drawn}`);
    if (!cut) this.#agree('chart', { drawn }, texts(points).sort(), all.sort());
  }

  /** All rows of the table, by everything that gives them; reading workbooks takes as long as all others together. Throws PortsDisagree. */
  async table({ at, rows }: RowsAt, withWorkbook: boolean): Promise<void> {
    const right = rows.map((row) => rowText(row)).sort();
    const file = (format: string) => fileBytes(this.#url, PORTS_PRODUCT, `items.${format}`, at);
    const cells = readCsvCells(Buffer.from(await file('csv')).toString('utf8'));
    const got: Readonly<Record<string, unknown[]>> = {
      csv: valuesOfCells(cells, { ...KINDS, ok: 'boolean' }),
      ndjson: await rowsByNdjson(this.#url, PORTS_PRODUCT, 'items', at),
      json: parseExact(Buffer.from(await file('json')).toString('utf8')) as unknown[],
      parquet: await this.#parquet.rows(await file('parquet')),
      arrow: arrowRows(await file('arrow')),
      stream: await rowsByStream(this.#url, PORTS_PRODUCT, at),
      ...(withWorkbook && { xlsx: workbookRows(await file('xlsx'), { ...KINDS, day: 'day' }) }),
    };
    for (const [port, all] of Object.entries(got)) this.#agree(port, { at }, texts(all).sort(), right);
  }

  #agree(port: string, asked: unknown, got: readonly string[], right: readonly string[]): void {
    this.#compared += got.length;
    const at = got.findIndex((row, i) => row !== right[i]);
    if (got.length === right.length && at < 0) return;
    const wrong = `${got[at]} in place of ${right[at]} for ${JSON.stringify(asked)}`;
    throw new PortsDisagree(`${port} gave ${got.length} rows, expected ${right.length}; ${wrong}`);
  }

  async #byRest(question: Question, at: number): Promise<string[]> {
    const rows: unknown[] = [];
    const parameters = restParameters(question, 'rest');
    parameters.set('limit', PAGE_ROWS);
    let next: string | undefined = `${PORTS_PATH}/rows?${parameters}&at=${at}`;
    while (next) {
      const response: Response = await fetch(`${this.#url}${next}`);
      const body = await response.text();
      if (!response.ok) throw new Error(`${next} answered ${response.status}: ${body}`);
      const position = Number(response.headers.get('Wharf-Position'));
      if (position !== at) throw new PortsDisagree(`rest answered at ${position} in place of ${at}: ${next}`);
      rows.push(...(parseExact(body) as { rows: unknown[] }).rows);
      next = (JSON.parse(body) as { _links: { next?: { href: string } } })._links.next?.href;
    }
    return texts(rows).slice(0, question.limit);
  }

  async #bySql(sql: string, at: number): Promise<string[]> {
    const response = await fetch(`${this.#url}/api/sql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/x-ndjson' },
      body: JSON.stringify({ sql, at }),
    });
    const body = await response.text();
    if (!response.ok) throw new Error(`${sql} answered ${response.status}: ${body}`);
    return texts(body.split('\n').filter(Boolean).map(parseExact));
  }
}

/** Each row as a text, in the order of the rows. */
function texts(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row as object).sort())));
}
