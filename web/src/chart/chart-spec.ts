/** From columns to a Vega-Lite specification. Names of columns are data: they are quoted wherever Vega reads a path. */
import type { TopLevelSpec } from 'vega-lite';
import { isNumeric } from '../base/cell.tsx';
import type { Column } from '../base/data-table.tsx';

export const MARKS = ['line', 'bar', 'point', 'area'] as const;
export type Mark = (typeof MARKS)[number];

export interface Chart {
  readonly mark: Mark;
  readonly x: string | undefined;
  /** Undefined: the number of rows. */
  readonly y: string | undefined;
  readonly color: string | undefined;
}

export interface ChartData extends Chart {
  readonly x: string;
  readonly columns: readonly Column[];
  readonly values: readonly Readonly<Record<string, unknown>>[];
  readonly aggregate: string | undefined;
}

const COLOURS_MAX = 12;

export function isTime(type: string | undefined): boolean {
  return type !== undefined && /^(date|timestamp)/i.test(type);
}

/** Time runs to the right; else names beside each other; else two numbers against each other. */
export function guessChart(columns: readonly Column[]): Chart {
  const time = columns.find(({ type }) => isTime(type));
  const numbers = columns.filter(({ type }) => isNumeric(type));
  const names = columns.filter(({ type }) => !isTime(type) && !isNumeric(type));
  if (time) return { mark: 'line', x: time.name, y: numbers[0]?.name, color: names[0]?.name };
  if (names[0]) return { mark: 'bar', x: names[0].name, y: numbers[0]?.name, color: undefined };
  return { mark: 'point', x: numbers[0]?.name, y: numbers[1]?.name, color: undefined };
}

export function chartSpec(chart: ChartData): TopLevelSpec {
  const { mark, x, y, color, columns, values, aggregate } = chart;
  const typeOf = (name: string) => columns.find((column) => column.name === name)?.type;
  const kindOf = (name: string) =>
    isTime(typeOf(name)) ? 'temporal' : isNumeric(typeOf(name)) ? 'quantitative' : 'nominal';
  const tooManyColours = color !== undefined && new Set(values.map((row) => row[color])).size > COLOURS_MAX;
  const channel = (name: string) => ({ field: pathOf(name), type: kindOf(name) as 'nominal', title: name });
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 'container',
    height: 360,
    autosize: { type: 'fit', contains: 'padding' },
    data: { values: values.map((row) => numbered(row, columns)) },
    mark: { type: mark, tooltip: true, ...(mark === 'line' ? { point: values.length < 60 } : {}) },
    params: [{ name: 'brush', select: { type: 'interval', encodings: ['x'] } }],
    encoding: {
      x: {
        ...channel(x),
        ...(kindOf(x) === 'nominal' ? { sort: null, axis: { labelLimit: 120, labelOverlap: true } } : {}),
      },
      y:
        y === undefined
          ? { aggregate: 'count' as const, title: 'rows' }
          : {
              ...channel(y),
              ...(aggregate === undefined
                ? {}
                : { aggregate: aggregate as 'sum', title: `${aggregate} of ${y}` }),
            },
      // More colours than people can tell apart are none.
      ...(color !== undefined && !tooManyColours ? { color: channel(color) } : {}),
      ...(color !== undefined && tooManyColours ? { detail: channel(color), opacity: { value: 0.35 } } : {}),
    },
  } as TopLevelSpec;
}

/** `a.b` is one name, not a path. */
function pathOf(name: string): string {
  return name.replaceAll(/[\\.[\]'"]/g, '\\$&');
}

/** Numbers that were kept as text are drawn where they belong; a pixel does not show the rounding. */
function numbered(row: Readonly<Record<string, unknown>>, columns: readonly Column[]) {
  return Object.fromEntries(
    columns.map(({ name, type }) => [
      name,
      isNumeric(type) && typeof row[name] === 'string' ? Number(row[name]) : row[name],
    ]),
  );
}
