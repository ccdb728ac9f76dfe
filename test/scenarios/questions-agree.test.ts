/**
 * Random questions at positions of the past, by every port that takes them, while more is pushed and runs are flushed and merged: each answer, row by row, is
 * what plain JavaScript makes of the rows that were pushed. And the whole table at these positions, by every kind of file and the stream.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { integerBetween, oneOf, seededRandom } from '../../src/base/random.ts';
import { ShiftedClock } from '../../src/base/shifted-clock.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { arrowRows } from '../support/arrow-rows.ts';
import { readCsvCells } from '../support/csv.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import {
  answerOf,
  COLUMNS,
  type Column,
  drawQuestion,
  drawRow,
  FIELDS,
  groupSql,
  groupsOf,
  matching,
  type Question,
  type Row,
  restParameters,
  rowJson,
  rowText,
  sqlOf,
} from '../support/questions.ts';
import { fileBytes, ParquetReader, valuesOfCells } from '../support/read-files.ts';
import { parseExact, rowsByNdjson, rowsByStream } from '../support/read-ports.ts';
import { SEED } from '../support/seed.ts';
import { serveHere } from '../support/serve-here.ts';
import { workbookRows } from '../support/workbook-rows.ts';

const QUESTIONS = Number(process.env.WHARF_TEST_ROUNDS ?? 24);
const IDS = 3_000;
const BATCHES = 8;
const BATCH_RECORDS = 900;
/** Of all rows that a port gave, each compared with the row that it must be; at least so many with the default number of questions. */
const COMPARISONS_MIN = 100_000;
const PATH = '/p/test.items/v1';

const KINDS = { id: 'number', amount: 'number', n: 'number' } as const;

describe(`questions at one position, seed ${SEED}`, () => {
  const clock = new ShiftedClock(Date.now());
  const random = seededRandom(SEED);
  const states = new Map<number, readonly Row[]>();
  const state = new Map<bigint, Row>();
  let serving: Serving;
  let parquet: ParquetReader;
  let comparisons = 0;

  beforeAll(async () => {
    const spec = itemsSpec(
      `inputs:\n  source: { from: push }\n${FIELDS}outputs:\n  rest: {}\n  sql: {}\n  stream: {}\n  files: {}\n  chart: { mark: point, x: day, y: amount }\n`,
    );
    serving = await serveHere(await meshFolder({ 'items.product.yaml': spec }), clock);
    parquet = await ParquetReader.open();
  });
  afterAll(async () => serving?.close());

  /** Upserts, and now and then deletes. */
  async function pushBatch(): Promise<void> {
    const isDelete = state.size > IDS / 2 && random.next() < 0.25;
    const ids = Array.from({ length: BATCH_RECORDS }, () => BigInt(integerBetween(random, 1, IDS)));
    const rows = ids.map((id) => drawRow(random, id));
    const response = await fetch(`${serving.url}${PATH}/inputs/source?op=${isDelete ? 'delete' : 'upsert'}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: rows.map((row) => (isDelete ? `{"id":${row.id}}` : rowJson(row))).join('\n'),
    });
    const { position, accepted } = (await response.json()) as { position: number; accepted: number };
    expect(accepted).toBe(BATCH_RECORDS);
    for (const row of rows) {
      if (isDelete) state.delete(row.id);
      else state.set(row.id, row);
    }
    states.set(position, [...state.values()]);
  }

  function agree(port: string, asked: unknown, got: readonly string[], right: readonly string[]): void {
    comparisons += got.length;
    const at = got.findIndex((row, i) => row !== right[i]);
    if (got.length !== right.length || at >= 0)
      expect.fail(
        `${port} gave ${got.length} rows, expected ${right.length}; ${got[at]} in place of ${right[at]} for ${JSON.stringify(asked)}, seed ${SEED}`,
      );
  }

  async function byRest(question: Question, at: number): Promise<string[]> {
    const rows: unknown[] = [];
    const parameters = restParameters(question, 'rest');
    parameters.set('limit', '1000');
    let next: string | undefined = `${PATH}/rows?${parameters}&at=${at}`;
    while (next) {
      const response: Response = await fetch(`${serving.url}${next}`);
      const body = await response.text();
      if (!response.ok) throw new Error(`${next} answered ${response.status}: ${body}`);
      expect(Number(response.headers.get('Wharf-Position'))).toBe(at);
      rows.push(...(parseExact(body) as { rows: unknown[] }).rows);
      next = (JSON.parse(body) as { _links: { next?: { href: string } } })._links.next?.href;
    }
    return texts(rows).slice(0, question.limit);
  }

  async function bySql(sql: string, at: number): Promise<string[]> {
    const response = await fetch(`${serving.url}/api/sql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/x-ndjson' },
      body: JSON.stringify({ sql, at }),
    });
    const body = await response.text();
    if (!response.ok) throw new Error(`${sql} answered ${response.status}: ${body}`);
    return texts(body.split('\n').filter(Boolean).map(parseExact));
  }

  async function ask(question: Question, at: number, by: Column): Promise<void> {
    const rows = states.get(at) ?? [];
    const right = answerOf(question, rows);
    agree(
      'rest',
      { question: String(restParameters(question, 'rest')), at },
      await byRest(question, at),
      right,
    );
    const sql = sqlOf(question, 'test.items');
    agree('sql', { sql, at }, await bySql(sql, at), right);
    const grouped = groupSql(question, by, 'test.items');
    agree('sql', { grouped, at }, (await bySql(grouped, at)).sort(), groupsOf(question, by, rows).sort());
    const drawn = `${PATH}/chart?${restParameters(question, 'chart')}&at=${at}`;
    const chart = await (await fetch(`${serving.url}${drawn}`)).text();
    const { rows: points, cut } = parseExact(chart) as { rows: unknown[]; cut: boolean };
    const all = matching(question, rows).map((row) => rowText(row, question.select));
    expect(cut, drawn).toBe(all.length > points.length);
    if (!cut) agree('chart', { drawn }, texts(points).sort(), all.sort());
  }

  /** All rows of the table, by everything that gives them. */
  async function wholeTable(at: number, isLast: boolean): Promise<void> {
    const right = (states.get(at) ?? []).map((row) => rowText(row)).sort();
    const file = (format: string) => fileBytes(serving.url, 'test.items/v1', `items.${format}`, at);
    const cells = readCsvCells(Buffer.from(await file('csv')).toString('utf8'));
    const got: Readonly<Record<string, unknown[]>> = {
      csv: valuesOfCells(cells, { ...KINDS, ok: 'boolean' }),
      ndjson: await rowsByNdjson(serving.url, 'test.items/v1', 'items', at),
      json: parseExact(Buffer.from(await file('json')).toString('utf8')) as unknown[],
      parquet: await parquet.rows(await file('parquet')),
      arrow: arrowRows(await file('arrow')),
      stream: await rowsByStream(serving.url, 'test.items/v1', at),
    };
    for (const [port, rows] of Object.entries(got)) agree(port, { at }, texts(rows).sort(), right);
    // Reading workbooks takes as long as all others together.
    if (isLast)
      agree('xlsx', { at }, texts(workbookRows(await file('xlsx'), { ...KINDS, day: 'day' })).sort(), right);
  }

  it('are answered alike by every port, and as plain JavaScript does', async () => {
    // Time is moved while nobody asks, since what waits for an answer has a deadline.
    const flushes = () => clock.setForward(clock.nowMs() + 11 * 60_000);
    for (let batch = 0; batch < BATCHES; batch++) {
      await pushBatch();
      flushes();
    }
    const positions = [...states.keys()];
    for (let i = 0; i < QUESTIONS; i++) {
      const more = i % 10 === 0 ? pushBatch() : undefined;
      await ask(drawQuestion(random), oneOf(random, positions), oneOf(random, COLUMNS));
      await more;
      if (more) flushes();
    }
    for (const i of [1, 3, 5, BATCHES - 1]) await wholeTable(positions[i] ?? 0, i === BATCHES - 1);
    const { journal } = serving.platform.services;
    await expect.poll(() => journal.tail('test.items@1'), { timeout: 60_000 }).toBeGreaterThan(1);
    console.log(`${comparisons} rows compared, seed ${SEED}`);
    if (process.env.WHARF_TEST_ROUNDS === undefined) expect(comparisons).toBeGreaterThan(COMPARISONS_MIN);
  });
});

/** Each row as a text, in the order of the rows. */
function texts(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row as object).sort())));
}
