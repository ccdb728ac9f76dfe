/** From columns and marks to a Vega-Lite specification: what the chart port serves, and what pages draw of any answer. */

export const MARKS = ['line', 'bar', 'point', 'area'] as const;
export type Mark = (typeof MARKS)[number];

export const AGGREGATES = ['sum', 'mean', 'min', 'max', 'median'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** `time` runs on, `number` is measured, `name` is told apart. */
export type ColumnKind = 'time' | 'number' | 'name';

export interface ChartColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface Chart {
  readonly mark: Mark;
  readonly x: string;
  /** Undefined: the number of rows. */
  readonly y: string | undefined;
  readonly color: string | undefined;
  readonly aggregate: Aggregate | undefined;
  readonly title: string | undefined;
}

export type ChartRow = Readonly<Record<string, unknown>>;
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** More colours than people can tell apart are none. */
const COLOURS_MAX = 12;
/** Of so few points each can be seen by itself. */
const POINTS_SHOWN_MAX = 60;
const HEIGHT = 360;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Time runs to the right; else names stand beside each other; else two numbers against each other. Undefined without columns. */
export function guessChart(columns: readonly ChartColumn[]): Chart | undefined {
  const of = (kind: ColumnKind) => columns.filter((column) => column.kind === kind).map(({ name }) => name);
  const [time] = of('time');
  const [number, second] = of('number');
  const [name] = of('name');
  const rest = { color: undefined, aggregate: undefined, title: undefined };
  if (time !== undefined)
    return { ...rest, mark: 'line', x: time, y: number, aggregate: number === undefined ? undefined : 'sum' };
  if (name !== undefined)
    return { ...rest, mark: 'bar', x: name, y: number, aggregate: number === undefined ? undefined : 'sum' };
  return number === undefined ? undefined : { ...rest, mark: 'point', x: number, y: second };
}

export function chartSpec(
  chart: Chart,
  columns: readonly ChartColumn[],
  rows: readonly ChartRow[],
): VegaLiteSpec {
  const { mark, title } = chart;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...(title === undefined ? {} : { title }),
    width: 'container',
    height: HEIGHT,
    autosize: { type: 'fit', contains: 'padding' },
    data: { values: rows.map((row) => drawable(row, columns)) },
    mark: {
      type: mark,
      tooltip: true,
      ...(mark === 'line' ? { point: rows.length < POINTS_SHOWN_MAX } : {}),
    },
    params: [{ name: 'brush', select: { type: 'interval', encodings: ['x'] } }],
    encoding: encodingOf(chart, columns, rows),
  };
}

const VEGA_TYPES = { time: 'temporal', number: 'quantitative', name: 'nominal' } as const;

function encodingOf(
  { x, y, color, aggregate }: Chart,
  columns: readonly ChartColumn[],
  rows: readonly ChartRow[],
) {
  const kindOf = (name: string) => columns.find((column) => column.name === name)?.kind ?? 'name';
  const channel = (name: string) => ({ field: pathOf(name), type: VEGA_TYPES[kindOf(name)], title: name });
  const axis = kindOf(x) === 'name' ? { sort: '-y', axis: { labelLimit: 120, labelOverlap: true } } : {};
  const total = aggregate === undefined ? {} : { aggregate, title: `${aggregate} of ${y}` };
  return {
    x: { ...channel(x), ...axis },
    y: y === undefined ? { aggregate: 'count', title: 'rows' } : { ...channel(y), ...total },
    ...(color === undefined ? {} : colourOf(channel(color), new Set(rows.map((row) => row[color])).size)),
  };
}

function colourOf(channel: object, count: number) {
  return count > COLOURS_MAX ? { detail: channel, opacity: { value: 0.35 } } : { color: channel };
}

/** `a.b` is one name of a column, not a path. */
function pathOf(name: string): string {
  return name.replaceAll(/[\\.[\]'"]/g, '\\$&');
}

function drawable(row: ChartRow, columns: readonly ChartColumn[]): ChartRow {
  return Object.fromEntries(columns.map(({ name, kind }) => [name, drawn(row[name], kind)]));
}

/**
 * A number that was kept as text, lest it be rounded, is drawn where it belongs: a pixel does not show the rounding. A day without a time is
 * that day of the reader's, as a time without a zone is; JavaScript would take it for midnight in UTC, which may be the day before.
 */
function drawn(value: unknown, kind: ColumnKind): unknown {
  if (typeof value !== 'string') return value;
  if (kind === 'number') return Number(value);
  return kind === 'time' && DAY.test(value) ? `${value}T00:00:00` : value;
}
