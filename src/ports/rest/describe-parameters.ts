/** The parameters of `GET /rows` in the OpenAPI document. */
import { columnsOf, type Dataset, type Field, typeText } from '../../schema/field.ts';
import { ROWS_LIMIT_MAX } from '../../schema/rows-query.ts';
import { valueTexts } from '../../schema/text-form.ts';
import { isOrdered, OPERATOR_NAMES } from './condition.ts';
import { isGroupName } from './parse-filter.ts';
import { ROW_FORMATS } from './row-format.ts';
import { ROWS_PARAMETERS } from './rows-request.ts';

const EXAMPLE_LENGTH_MAX = 80;

/** One dataset as it is shown: where its paths start, and some of its rows. */
export interface ShownDataset {
  readonly dataset: Dataset;
  readonly base: string;
  readonly position: number;
  readonly rows: readonly string[];
  readonly limit: number;
}

/** A column of the name of another parameter is filtered within `and`. */
export function filterParameter(shown: ShownDataset, field: Field) {
  if (ROWS_PARAMETERS.some((name) => name === field.name) || isGroupName(field.name)) return [];
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

function exampleFilter({ rows }: ShownDataset, field: Field): string | undefined {
  if (field.type === 'json' || rows[0] === undefined) return undefined;
  const [value] = valueTexts([field], rows[0]);
  if (value === null || value === undefined) return 'is.null';
  return value.length > EXAMPLE_LENGTH_MAX ? 'not.is.null' : `eq.${value}`;
}

export function pageParameters({ dataset, limit }: ShownDataset) {
  const names = columnsOf(dataset).map((field) => field.name);
  const ordered = columnsOf(dataset).find(isOrdered);
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
      ordered && `${ordered.name}.desc`,
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
}
