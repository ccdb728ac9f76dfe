import { WharfError } from '../../base/errors.ts';
import { parseRecordsPath } from '../../protocols/records-path.ts';
import type { OptionField } from '../../schema/options.ts';
import { EVERY_EXPECTED, EVERY_HINT, everyOption, type PollTimes, parsePollTimes } from '../poll-times.ts';
import { webOptionFields } from '../web/web-options.ts';
import './errors.ts';

export const HTTP_FORMATS = ['json', 'ndjson', 'csv'] as const;
export type HttpFormat = (typeof HTTP_FORMATS)[number];
const PAGINGS = ['link', 'cursor', 'page', 'offset'] as const;

/** What a spec may say about an input `from: http`. */
export const httpOptionFields: readonly OptionField[] = [
  ...webOptionFields,
  { name: 'method', type: 'string', enum: ['GET', 'POST'], default: 'GET', doc: 'How to ask.' },
  {
    name: 'query',
    type: 'json',
    doc: 'Parameters behind the address, as a map; values may refer to the environment.',
    example: '{ status: open }',
  },
  {
    name: 'body',
    type: 'json',
    doc: 'POST: the body, sent as JSON. Parameters of paging and of `incremental` become members of it.',
    example: '{ filter: open }',
  },
  {
    name: 'format',
    type: 'string',
    enum: HTTP_FORMATS,
    doc: 'The format of the answers; follows from their media type, then from the suffix of the address.',
  },
  {
    name: 'records',
    type: 'string',
    default: '$',
    doc: 'JSON: the path to the array of records.',
    example: '$.data',
  },
  {
    name: 'delimiter',
    type: 'string',
    default: ',',
    length: { min: 1, max: 1 },
    doc: 'CSV: the character between cells.',
  },
  {
    name: 'nulls',
    type: 'array',
    items: { name: 'items', type: 'string' },
    single: true,
    doc: 'CSV: unquoted texts that mean null.',
  },
  {
    name: 'mode',
    type: 'string',
    enum: ['append', 'snapshot'],
    default: 'append',
    replaces: 'snapshot',
    doc: 'append: answers add and correct records. snapshot: the pages of one look are all records; a key that is gone is deleted.',
  },
  {
    name: 'incremental',
    type: 'object',
    doc: 'Asks only for what is new: from the largest value of a field that was seen so far.',
    fields: [
      {
        name: 'field',
        type: 'string',
        required: true,
        doc: 'The field, with dots for members: meta.updated_at',
      },
      { name: 'parameter', type: 'string', required: true, doc: 'The parameter that carries the value.' },
      {
        name: 'start',
        type: 'string',
        doc: 'The value of the first look; without one it asks for everything.',
      },
    ],
  },
  {
    name: 'paging',
    type: 'object',
    doc: 'How one look goes through several pages.',
    fields: [
      {
        name: 'by',
        type: 'string',
        enum: PAGINGS,
        required: true,
        doc: 'link: an address in the header Link, or at `next`. cursor: a text at `next`. page: a number. offset: a number of records.',
      },
      {
        name: 'parameter',
        type: 'string',
        doc: 'The parameter of the cursor, page or offset; named like `by` when left out.',
      },
      {
        name: 'next',
        type: 'string',
        doc: 'JSON: the path to the address or cursor of the next page: $.meta.next',
      },
      { name: 'start', type: 'integer', min: '0', doc: 'page: the first number; 1 when left out.' },
      {
        name: 'size',
        type: 'integer',
        min: '1',
        doc: 'page, offset: records of a page; a page with fewer is the last.',
      },
      {
        name: 'size_parameter',
        type: 'string',
        doc: 'The parameter that carries the size; not sent when left out.',
      },
    ],
  },
  { name: 'rate', type: 'number', min: '0.001', doc: 'Requests a second, at most.', example: '5' },
  everyOption('1m'),
];

export interface PagingOptions {
  readonly by: (typeof PAGINGS)[number];
  readonly parameter: string;
  readonly next: readonly string[] | undefined;
  readonly start: number;
  readonly size: number | undefined;
  readonly sizeParameter: string | undefined;
}

export interface HttpOptions {
  readonly url: string;
  readonly headers: unknown;
  readonly method: 'GET' | 'POST';
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly format: HttpFormat | undefined;
  readonly recordsPath: readonly string[];
  readonly delimiter: string;
  readonly nulls: readonly string[];
  readonly mode: 'append' | 'snapshot';
  readonly incremental:
    | { readonly field: string; readonly parameter: string; readonly start: string | undefined }
    | undefined;
  readonly paging: PagingOptions | undefined;
  readonly requestsPerSecond: number | undefined;
  readonly times: PollTimes;
}

/** Throws HTTP_OPTIONS_INVALID, RECORDS_PATH_INVALID. */
export function readHttpOptions(options: Readonly<Record<string, unknown>>): HttpOptions {
  const method = options.method === 'POST' ? 'POST' : 'GET';
  const mode = options.mode === 'snapshot' ? 'snapshot' : 'append';
  const incremental = readIncremental(options.incremental);
  if (incremental && mode === 'snapshot')
    invalid('incremental', 'mode: append', 'A snapshot asks for everything; leave one of the two out.');
  if (options.body !== undefined && method === 'GET')
    invalid('body', 'method: POST', 'Add method: POST, or use the option "query".');
  const every = String(options.every ?? '1m');
  return {
    url: String(options.url),
    headers: options.headers,
    method,
    query: mapOf('query', options.query),
    body: options.body,
    format: HTTP_FORMATS.find((format) => format === options.format),
    recordsPath: parseRecordsPath(String(options.records ?? '$')),
    delimiter: String(options.delimiter ?? ','),
    nulls: listOf(options.nulls),
    mode,
    incremental,
    paging: readPaging(options.paging),
    requestsPerSecond: options.rate === undefined ? undefined : Number(options.rate),
    times: parsePollTimes(every) ?? invalid(`every: ${every}`, EVERY_EXPECTED, EVERY_HINT),
  };
}

function readIncremental(value: unknown): HttpOptions['incremental'] {
  if (value === undefined) return undefined;
  const { field, parameter, start } = value as Record<string, unknown>;
  return {
    field: String(field),
    parameter: String(parameter),
    start: start === undefined ? undefined : String(start),
  };
}

function readPaging(value: unknown): PagingOptions | undefined {
  if (value === undefined) return undefined;
  const {
    by,
    parameter,
    next,
    start,
    size,
    size_parameter: sizeParameter,
  } = value as Record<string, unknown>;
  const kind =
    PAGINGS.find((one) => one === by) ?? invalid(`paging.by: ${by}`, PAGINGS.join(', '), 'Use one of them.');
  if (kind === 'cursor' && next === undefined)
    invalid('paging.by: cursor', 'the path to the cursor', 'Add for example: next: $.meta.next_cursor');
  return {
    by: kind,
    parameter: String(parameter ?? kind),
    next: next === undefined ? undefined : parseRecordsPath(String(next)),
    start: start === undefined ? (kind === 'page' ? 1 : 0) : Number(start),
    size: size === undefined ? undefined : Number(size),
    sizeParameter: sizeParameter === undefined ? undefined : String(sizeParameter),
  };
}

function mapOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  return invalid(name, 'a map of parameters', `Write for example: ${name}: { status: open }`);
}

function listOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function invalid(given: string, expected: string, hint: string): never {
  throw new WharfError('HTTP_OPTIONS_INVALID', `The option "${given}" does not fit; expected ${expected}.`, {
    hint,
  });
}
