/** `POST /api/sql`: a statement, and its rows as JSON, NDJSON, CSV, an Arrow stream or a Parquet file. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import type { SqlAnswer, SqlHost, SqlParam } from '../../kit/sql.ts';
import '../errors.ts';
import { callerOf } from '../http/caller.ts';
import { SqlCaller } from './sql-caller.ts';

const PAGE_ROWS = 10_000;
const PARAMS_MAX = 1_000;

type Format = 'json' | 'ndjson' | 'csv' | 'arrow' | 'parquet';

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  arrow: 'application/vnd.apache.arrow.stream',
  parquet: 'application/vnd.apache.parquet',
};

interface SqlBody {
  readonly sql: string;
  readonly params: readonly SqlParam[];
  readonly at: string | undefined;
}

export function sqlRoutes(app: FastifyInstance, { sql }: SqlHost): void {
  app.post('/api/sql', async (request, reply) => {
    const format = formatOf(request);
    const body = bodyOf(request.body);
    const caller = callerOf(request);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort(cancelled()));
    const answer = await sql.run({
      sql: body.sql,
      params: body.params,
      principal: SqlCaller.of(caller),
      purpose: caller.purpose,
      vector: sql.vector(body.at),
      signal: gone.signal,
      format: { kind: format === 'ndjson' ? 'json' : format },
      rowsMax: PAGE_ROWS,
    });
    return send(reply, answer, format);
  });
}

function send(reply: FastifyReply, answer: SqlAnswer, format: Format): FastifyReply {
  const positions = Object.entries(answer.positions);
  const [first] = positions;
  const told =
    positions.length === 1
      ? String(first?.[1])
      : positions.map(([id, position]) => `${id}=${position}`).join(', ');
  if (positions.length > 0) reply.header('Wharf-Position', told);
  return reply.type(MEDIA_TYPES[format]).send(Readable.from(chunksOf(answer, format), { objectMode: false }));
}

async function* chunksOf(answer: SqlAnswer, format: Format): AsyncGenerator<Buffer> {
  try {
    yield Buffer.from(headOf(answer, format));
    let { page } = answer;
    let first = true;
    for (;;) {
      yield format === 'json' ? asItems(page.bytes, first) : Buffer.from(page.bytes);
      first &&= page.rows === 0;
      if (page.done) break;
      page = await answer.fetch(PAGE_ROWS);
    }
    if (format === 'json') yield Buffer.from(']}\n');
  } finally {
    await answer.close();
  }
}

function headOf({ positions, columns }: SqlAnswer, format: Format): string {
  if (format !== 'json' && format !== 'csv') return '';
  if (format === 'csv') return `${columns.map(({ name }) => csvName(name)).join(',')}\r\n`;
  return `{"positions":${JSON.stringify(positions)},"columns":${JSON.stringify(columns)},"rows":[`;
}

/** Lines as items of an array. A line break never stands within a line of JSON. */
function asItems(bytes: Uint8Array, first: boolean): Buffer {
  const items = Buffer.from(bytes).toString('utf8').trimEnd().replaceAll('\n', ',\n');
  return Buffer.from(items === '' || first ? items : `,\n${items}`);
}

function csvName(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

/** Throws REQUEST_INVALID. */
function formatOf(request: FastifyRequest): Format {
  const accept = (request.headers.accept ?? '*/*').toLowerCase();
  if (/ndjson/.test(accept)) return 'ndjson';
  if (/text\/csv/.test(accept)) return 'csv';
  if (/vnd\.apache\.arrow/.test(accept)) return 'arrow';
  if (/vnd\.apache\.parquet/.test(accept)) return 'parquet';
  if (/application\/json|application\/\*|\*\/\*/.test(accept)) return 'json';
  throw new WharfError('REQUEST_INVALID', `No answer can be given as "${accept}".`, {
    hint: `Ask for ${Object.values(MEDIA_TYPES)
      .map((type) => type.split(';')[0])
      .join(', ')}.`,
  });
}

/** Throws REQUEST_INVALID. */
function bodyOf(body: unknown): SqlBody {
  const {
    sql,
    params = [],
    at,
  } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof sql !== 'string' || sql.trim() === '')
    throw invalid('Expected {"sql": "select ..."}, received no statement.');
  if (!Array.isArray(params) || params.length > PARAMS_MAX)
    throw invalid(`"params" is a list of at most ${PARAMS_MAX} values.`);
  if (at !== undefined && typeof at !== 'string' && typeof at !== 'number')
    throw invalid('"at" is a position or a time.');
  return { sql, params: params.map(paramOf), at: at === undefined ? undefined : String(at) };
}

function paramOf(value: unknown): SqlParam {
  if (value === null) return { text: null, type: undefined };
  if (typeof value === 'object') return { text: JSON.stringify(value), type: 'JSON' };
  const types: Readonly<Record<string, string>> = { number: 'DOUBLE', boolean: 'BOOLEAN' };
  const type = Number.isSafeInteger(value) ? 'BIGINT' : types[typeof value];
  return { text: String(value), type };
}

function invalid(message: string): WharfError {
  return new WharfError('REQUEST_INVALID', message, {
    hint: `curl -H 'Content-Type: application/json' -d '{"sql": "select 1"}' .../api/sql`,
  });
}

function cancelled(): WharfError {
  return new WharfError('SQL_CANCELLED', 'The caller went away.', { details: { sqlState: '57014' } });
}
