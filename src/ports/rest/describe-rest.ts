/** The REST port's part of the OpenAPI document, with examples from the rows as they are. */
import type { ProductReader, SnapshotReader } from '../../kit/reader.ts';
import { columnsOf, type Dataset, type Field, keyFieldsOf, typeText } from '../../schema/field.ts';
import { ROWS_LIMIT_DEFAULT, ROWS_LIMIT_MAX } from '../../schema/rows-query.ts';
import { valueTexts } from '../../schema/text-form.ts';
import {
  AT_PARAMETER,
  NOT_MODIFIED,
  POSITION_HEADER,
  problemAnswer,
  rowSchemaRef,
} from '../openapi/components.ts';
import { JsonText } from '../openapi/json-text.ts';
import { OPERATOR_NAMES } from './condition.ts';
import { csvOfRows } from './csv-rows.ts';
import { ROW_FORMATS } from './row-format.ts';
import { ROWS_PARAMETERS } from './rows-request.ts';

const EXAMPLE_ROWS = 2;

type PathItems = Record<string, unknown>;

/** One dataset as it is shown: where its paths start, and some of its rows. */
interface Shown {
  readonly dataset: Dataset;
  readonly base: string;
  readonly position: number;
  readonly rows: readonly string[];
  readonly limit: number;
}

export async function describeRest(
  reader: ProductReader,
  options: Readonly<Record<string, unknown>>,
): Promise<PathItems> {
  const snapshot = await reader.at(undefined);
  const limit = Number(options.limit ?? ROWS_LIMIT_DEFAULT);
  const { datasets } = reader.product;
  const items: PathItems = {};
  for (const [i, dataset] of datasets.entries()) {
    const rows = await exampleRows(snapshot, dataset);
    const shown = { dataset, position: snapshot.position, rows, limit };
    if (i === 0) Object.assign(items, datasetPaths({ ...shown, base: '' }));
    if (datasets.length > 1) Object.assign(items, datasetPaths({ ...shown, base: `/d/${dataset.name}` }));
  }
  return { ...items, '/openapi.json': { get: DESCRIPTION_OPERATION } };
}

async function exampleRows(snapshot: SnapshotReader, dataset: Dataset): Promise<readonly string[]> {
  return (await snapshot.rows(dataset.name, { order: [], limit: EXAMPLE_ROWS })).rows;
}

function datasetPaths(shown: Shown): PathItems {
  const { dataset, base } = shown;
  const rows = { [`${base}/rows`]: { get: rowsOperation(shown) } };
  if (typeof dataset.key === 'string') return rows;
  return { ...rows, [`${base}/rows/{key}`]: { get: rowOperation(shown) } };
}

function rowsOperation(shown: Shown) {
  const { dataset, base } = shown;
  return {
    operationId: operationId('list', base, dataset),
    summary: `Rows of ${dataset.name} that match the filters`,
    parameters: [
      ...columnsOf(dataset).flatMap((field) => filterParameter(shown, field)),
      ...PARAMETERS(shown),
      AT_PARAMETER,
    ],
    responses: {
      200: {
        description: 'A page of rows; "next" leads to the next one, at the same position.',
        headers: POSITION_HEADER,
        content: rowsContent(shown),
      },
      304: NOT_MODIFIED,
      400: problemAnswer('The query is not understood; "problems" says everything that is wrong with it.'),
      406: problemAnswer('Rows do not come as the media type that was asked for.'),
    },
  };
}

/** A column of the name of another parameter is filtered within `and`. */
function filterParameter(shown: Shown, field: Field) {
  if (ROWS_PARAMETERS.some((name) => name === field.name) || field.name === 'and' || field.name === 'or')
    return [];
  const example = exampleFilter(shown, field);
  return [
    {
      name: field.name,
      in: 'query',
      description: `${field.doc ?? `The column ${field.name}`} (${typeText(field)}). An operator, a point and a value; "not." may stand before.`,
      schema: {
        type: 'array',
        items: { type: 'string', pattern: `^(not\\.)?(${OPERATOR_NAMES.join('|')})\\.` },
      },
      style: 'form',
      explode: true,
      ...(example === undefined ? {} : { example: [example] }),
    },
  ];
}

function exampleFilter({ rows }: Shown, field: Field): string | undefined {
  if (field.type === 'json' || rows[0] === undefined) return undefined;
  const [value] = valueTexts([field], rows[0]);
  return value === null || value === undefined ? 'is.null' : `eq.${value}`;
}

const PARAMETERS = ({ dataset, limit }: Shown) => {
  const names = columnsOf(dataset).map((field) => field.name);
  const text = (name: string, description: string, example?: string) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
    ...(example === undefined ? {} : { example }),
  });
  const chosen = (name: string, description: string, values: readonly string[]) => ({
    ...text(name, description),
    schema: { type: 'string', enum: values },
  });
  return [
    text('and', 'Conditions that must all hold, as in (a.gt.1,or(b.is.null,b.lt.5)).'),
    text('or', 'Conditions of which one must hold.'),
    text('select', 'The columns of the answer, in order.', names.slice(0, 2).join(',')),
    text(
      'order',
      'Columns to order by, each with .asc or .desc, .nullsfirst or .nullslast.',
      `${names[0]}.desc`,
    ),
    {
      ...text('limit', 'Rows of a page.'),
      schema: { type: 'integer', minimum: 1, maximum: ROWS_LIMIT_MAX, default: limit },
    },
    text('after', 'Where the next page starts; only as a "next" link gives it.'),
    chosen('count', 'Also count all rows that match.', ['exact']),
    chosen('format', 'Stronger than the Accept header.', ROW_FORMATS),
    chosen('formulas', 'CSV: leave text as it is that a spreadsheet would run as a formula.', ['raw']),
  ];
};

function rowsContent({ dataset, rows, position, base }: Shown) {
  const example = new JsonText(
    `{"position":${position},"rows":[${rows.join(',')}],"_links":{"self":{"href":${JSON.stringify(`${base}/rows?limit=${EXAMPLE_ROWS}`)}}}}`,
  );
  return {
    'application/json': { schema: rowsSchema(dataset), example },
    'application/x-ndjson': { schema: { type: 'string' }, example: rows.map((row) => `${row}\n`).join('') },
    'text/csv': { schema: { type: 'string' }, example: csvOfRows(columnsOf(dataset), rows, false) },
  };
}

function rowsSchema(dataset: Dataset) {
  return {
    type: 'object',
    required: ['position', 'rows', '_links'],
    properties: {
      position: { type: 'integer' },
      rows: {
        type: 'array',
        items: rowSchemaRef(dataset.name),
        description: 'With "select", only the members asked for.',
      },
      count: { type: 'integer', description: 'With count=exact.' },
      _links: LINKS,
    },
  };
}

const LINKS = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['href'],
    properties: { href: { type: 'string', format: 'uri-reference' } },
  },
} as const;

function rowOperation({ dataset, base, rows, position }: Shown) {
  const keyFields = keyFieldsOf(dataset);
  const names = keyFields.map((field) => field.name);
  const texts = rows[0] === undefined ? [] : valueTexts(keyFields, rows[0]);
  const example = texts.map((text) => encodeURIComponent(text ?? '')).join(',');
  return {
    operationId: operationId('get', base, dataset),
    summary: `One row of ${dataset.name}`,
    parameters: [
      {
        name: 'key',
        in: 'path',
        required: true,
        description: `${names.join(',')}: the parts joined by "," and each URL-encoded.`,
        schema: { type: 'string' },
        ...(example === '' ? {} : { example }),
      },
      AT_PARAMETER,
    ],
    responses: {
      200: {
        description: 'The row.',
        headers: POSITION_HEADER,
        content: {
          'application/json': { schema: rowAnswerSchema(dataset), ...rowExample(rows[0], position) },
        },
      },
      304: NOT_MODIFIED,
      400: problemAnswer('The key does not fit.'),
      404: problemAnswer('There is no such row.'),
    },
  };
}

function rowAnswerSchema(dataset: Dataset) {
  return {
    type: 'object',
    required: ['position', 'row', '_links'],
    properties: { position: { type: 'integer' }, row: rowSchemaRef(dataset.name), _links: LINKS },
  };
}

function rowExample(row: string | undefined, position: number) {
  return row === undefined
    ? {}
    : { example: new JsonText(`{"position":${position},"row":${row},"_links":{}}`) };
}

function operationId(verb: string, base: string, dataset: Dataset): string {
  return base === '' ? `${verb}-rows` : `${verb}-rows-of-${dataset.name}`;
}

const DESCRIPTION_OPERATION = {
  operationId: 'describe',
  summary: 'This document',
  responses: {
    200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
  },
} as const;
