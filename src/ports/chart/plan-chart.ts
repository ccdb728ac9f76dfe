import {
  AGGREGATES,
  type Chart,
  type ChartColumn,
  type ColumnKind,
  guessChart,
  MARKS,
} from '../../protocols/chart/chart-spec.ts';
import { columnsOf, type Dataset, type Field } from '../../schema/field.ts';

/** The columns of a dataset that can be drawn. */
export function chartColumns(dataset: Dataset): readonly ChartColumn[] {
  return columnsOf(dataset).flatMap((field) => {
    const kind = kindOf(field);
    return kind ? [{ name: field.name, kind }] : [];
  });
}

/** What the spec declares, completed by a guess from the fields; undefined when nothing can be drawn. */
export function planChart(dataset: Dataset, options: Readonly<Record<string, unknown>>): Chart | undefined {
  const columns = chartColumns(dataset);
  const guess = guessChart(columns);
  if (!guess) return undefined;
  const named = (option: string) => {
    const name = options[option];
    return columns.some((column) => column.name === name) ? String(name) : undefined;
  };
  const isDeclared = options.x !== undefined || options.y !== undefined;
  const y = named('y') ?? (isDeclared ? undefined : guess.y);
  return {
    mark: MARKS.find((mark) => mark === options.mark) ?? guess.mark,
    x: named('x') ?? guess.x,
    y,
    color: named('color'),
    aggregate:
      AGGREGATES.find((aggregate) => aggregate === options.aggregate) ??
      (isDeclared ? undefined : guess.aggregate),
    title: typeof options.title === 'string' ? options.title : undefined,
  };
}

function kindOf({ type }: Field): ColumnKind | undefined {
  switch (type) {
    case 'integer':
    case 'number':
    case 'decimal':
      return 'number';
    case 'date':
    case 'timestamp':
      return 'time';
    case 'string':
    case 'boolean':
    case 'time':
      return 'name';
    case 'json':
    case 'bytes':
    case 'object':
    case 'array':
      return undefined;
  }
}
