/** What a subject gets through each port, in one form for all of them. */
import pg from 'pg';
import { readCsvCells } from '../support/csv.ts';
import type { Row, Subject } from './model.ts';
import type { Seen } from './reference.ts';

export interface Answer {
  readonly status: number;
  /** Undefined where nothing is given. */
  readonly rows?: readonly Seen[];
  /** Everything that came: status, headers and body. */
  readonly all: string;
}

export interface Asking {
  readonly url: string;
  readonly sqlPort: number;
  readonly subject: Subject;
  /** Undefined for anyone. */
  readonly token: string | undefined;
}

const FIELDS: readonly (keyof Row)[] = ['id', 'team', 'region', 'level', 'note', 'secret'];
/** How long a stream of which nothing is expected may give something. */
const QUIET_MS = 20;

export async function call(asking: Asking, method: string, target: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${asking.url}${target}`, {
    method,
    headers: {
      ...headersOf(asking),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    all: `${response.status} ${JSON.stringify([...response.headers])} ${text}`,
  };
}

function headersOf({ token, subject }: Asking): Record<string, string> {
  return {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(subject.purpose === undefined ? {} : { 'Wharf-Purpose': subject.purpose }),
  };
}

/** Each port by what is done with a product through it. */
export const PORTS = [
  { port: 'rest', action: 'read', ask: byRest },
  { port: 'chart', action: 'read', ask: byChart },
  { port: 'files', action: 'export', ask: byCsv },
  { port: 'files', action: 'export', ask: byNdjson },
  { port: 'stream', action: 'subscribe', ask: byStream },
] as const;

async function byRest(asking: Asking, product: string): Promise<Answer> {
  const answer = await call(asking, 'GET', `/p/${product}/v1/rows?count=exact`);
  if (answer.status !== 200) return answer;
  const { rows, count } = bodyOf(answer) as { rows: Seen[]; count: number };
  if (count !== rows.length) throw new Error(`${count} rows are counted, and ${rows.length} given`);
  return { ...answer, rows };
}

/** The fields that a chart is drawn of are what it gives; here all rows have one mark. */
async function byChart(asking: Asking, product: string): Promise<Answer> {
  const answer = await call(asking, 'GET', `/p/${product}/v1/chart?select=${FIELDS.join()}`);
  if (answer.status !== 200) return answer;
  return { ...answer, rows: (bodyOf(answer) as { rows: Seen[] }).rows };
}

async function byCsv(asking: Asking, product: string): Promise<Answer> {
  const answer = await call(asking, 'GET', `/p/${product}/v1/files/${datasetOf(product)}.csv`);
  if (answer.status !== 200) return answer;
  const rows = readCsvCells(textOf(answer)).map((cells) => ({
    ...cells,
    level: cells.level === null ? null : Number(cells.level),
  }));
  return { ...answer, rows: rows as unknown as Seen[] };
}

async function byNdjson(asking: Asking, product: string): Promise<Answer> {
  const answer = await call(asking, 'GET', `/p/${product}/v1/files/${datasetOf(product)}.ndjson`);
  if (answer.status !== 200) return answer;
  const lines = textOf(answer).split('\n');
  return { ...answer, rows: lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Seen) };
}

/** All records of a product this small come at once. */
async function byStream(asking: Asking, product: string, expected: number): Promise<Answer> {
  const gone = new AbortController();
  const response = await fetch(`${asking.url}/p/${product}/v1/stream?from=earliest`, {
    headers: headersOf(asking),
    signal: gone.signal,
  });
  const head = `${response.status} ${JSON.stringify([...response.headers])}`;
  if (!response.ok) return { status: response.status, all: `${head} ${await response.text()}` };
  let text = '';
  if (expected === 0) setTimeout(() => gone.abort(), QUIET_MS);
  const count = () => text.split('\ndata: ').length - 1;
  try {
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString('utf8');
      if (expected > 0 && count() >= expected) gone.abort();
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
  const rows = [...text.matchAll(/^data: (.*)$/gm)].map(
    ([, data]) => (JSON.parse(data ?? '') as { document: Seen }).document,
  );
  return { status: response.status, all: `${head} ${text}`, rows };
}

/** One statement a product: by HTTP, or by the Postgres protocol where a client is given. */
export async function bySql(asking: Asking, product: string, client?: pg.Client): Promise<Answer> {
  const sql = `select ${FIELDS.join(', ')} from ${product.replaceAll('-', '_')}`;
  if (!client) {
    const answer = await call(asking, 'POST', '/api/sql', { sql });
    const body = bodyOf(answer) as { rows: Seen[]; code?: string };
    if (answer.status === 200) return { ...answer, rows: body.rows };
    return body.code === 'TABLE_UNKNOWN' ? { ...answer, status: 404 } : answer;
  }
  try {
    const { rows } = await client.query(sql);
    const seen = rows.map((row) => ({ ...row, level: row.level === null ? null : Number(row.level) }));
    return { status: 200, rows: seen, all: JSON.stringify(rows) };
  } catch (error) {
    const { code, message, hint } = error as pg.DatabaseError;
    return { status: SQL_STATES[code ?? ''] ?? 500, all: `${code} ${message} ${hint}` };
  }
}

const SQL_STATES: Readonly<Record<string, number>> = { '42P01': 404, '42501': 403 };

export async function sqlClient({ sqlPort, subject, token }: Asking): Promise<pg.Client> {
  const user = subject.kind === 'service' ? `service:${subject.name}` : subject.name;
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port: sqlPort, database: 'matrix', user },
    ...(token === undefined ? {} : { password: token }),
  });
  await client.connect();
  if (subject.purpose !== undefined) await client.query(`set wharf.purpose = '${subject.purpose}'`);
  return client;
}

function datasetOf(product: string): string {
  return product.split('.')[1] ?? '';
}

function textOf({ all }: Answer): string {
  return all.slice(all.indexOf(']] ') + 3);
}

function bodyOf(answer: Answer): unknown {
  return JSON.parse(textOf(answer));
}
