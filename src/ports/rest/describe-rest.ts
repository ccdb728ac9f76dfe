/** The REST port's part of the OpenAPI document, with examples from the rows as they are. */
import type { ProductReader, SnapshotReader } from '../../kit/reader.ts';
import { columnsOf, type Dataset, keyFieldsOf } from '../../schema/field.ts';
import { ROWS_LIMIT_DEFAULT } from '../../schema/rows-query.ts';
import { valueTexts } from '../../schema/text-form.ts';
import {
  AT_PARAMETER,
  NOT_MODIFIED,
  POSITION_HEADER,
  problemAnswer,
  rowSchemaRef,
} from '../openapi/components.ts';
import { JsonText } from '../openapi/json-text.ts';
import { csvOfRows } from './csv-rows.ts';
import { filterParameter, pageParameters, type ShownDataset } from './describe-parameters.ts';

const EXAMPLE_ROWS = 2;

type PathItems = Record<string, unknown>;

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

function datasetPaths(shown: ShownDataset): PathItems {
  const { dataset, base } = shown;
  const rows = { [`${base}/rows`]: { get: rowsOperation(shown) } };
  if (typeof dataset.key === 'string') return rows;
  return { ...rows, [`${base}/rows/{key}`]: { get: rowOperation(shown) } };
}

function rowsOperation(shown: ShownDataset) {
  const { dataset, base } = shown;
  return {
    operationId: operationId('list', base, dataset),
    summary: `Rows of ${dataset.name} that match the filters`,
    parameters: [
      ...columnsOf(dataset).flatMap((field) => filterParameter(shown, field)),
      ...pageParameters(shown),
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

function rowsContent({ dataset, rows, position, base }: ShownDataset) {
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

function rowOperation({ dataset, base, rows, position }: ShownDataset) {
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
