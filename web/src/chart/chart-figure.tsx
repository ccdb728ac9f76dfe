import { lazy, Suspense, useMemo } from 'react';
import { type Chart, chartSpec } from '../../../src/protocols/chart/chart-spec.ts';
import type { ProductDocument } from '../api/documents.ts';
import { count, plural } from '../base/format.ts';
import { Dot } from '../base/parts.tsx';
import { Empty, ErrorNotice, Loading } from '../base/states.tsx';
import type { Changes } from '../base/url-state.ts';
import { type ChartDocument, useChart } from './use-chart.ts';

const VegaChart = lazy(async () => ({ default: (await import('./vega-chart.tsx')).VegaChart }));

interface ChartFigureProps {
  readonly product: ProductDocument;
  readonly params: URLSearchParams;
  readonly onChange: (changes: Changes) => void;
  /** As high as what it stands in, instead of as high as charts are. */
  readonly fills?: boolean;
}

/** The chart with what it shows: of how many rows, at which position, and whether it goes on. Brushing it filters by x. */
export function ChartFigure({ product, params, onChange, fills = false }: ChartFigureProps) {
  const { data, error } = useChart(product, params);
  const spec = useMemo(() => {
    const drawn = data && chartSpec(data.chart, data.columns, data.rows);
    return drawn && fills ? { ...drawn, height: 'container' } : drawn;
  }, [data, fills]);
  const brush = data && brushOf(product, data, onChange);
  const x = data?.chart.x;
  return (
    <>
      {error && <ErrorNotice error={error} />}
      <Status data={data} isFixed={params.has('at')} isLive={product._links.stream !== undefined} />
      {!data && !error && <Loading rows={fills ? 6 : 12} />}
      {data && data.rows.length === 0 && <Empty title="No row matches." />}
      {spec && data && data.rows.length > 0 && (
        <Suspense fallback={<Loading rows={fills ? 6 : 12} />}>
          <VegaChart
            spec={spec}
            label={labelOf(data.chart)}
            fileName={product.name}
            {...(brush ? { onBrush: brush } : {})}
          >
            {x !== undefined && params.has(x) ? (
              <button type="button" className="button quiet" onClick={() => onChange({ [x]: undefined })}>
                Show all of {x}
              </button>
            ) : (
              brush && <span className="soft small">Drag over the chart to see a part of it.</span>
            )}
          </VegaChart>
        </Suspense>
      )}
    </>
  );
}

interface StatusProps {
  readonly data: ChartDocument | undefined;
  readonly isFixed: boolean;
  readonly isLive: boolean;
}

function Status({ data, isFixed, isLive }: StatusProps) {
  const rows = data && (data.cut ? `the first ${count(data.rowsMax)} rows` : plural(data.rows.length, 'row'));
  return (
    <div className="row spread small soft">
      <span className="numeric" role="status">
        {data ? `${rows} at position ${count(data.position)}` : '\u00a0'}
      </span>
      {isFixed ? (
        <Dot tone="none">at a fixed position</Dot>
      ) : (
        isLive && <Dot tone="good">follows the stream</Dot>
      )}
    </div>
  );
}

/** What a brushed range does; undefined where x is not a scale. */
function brushOf(
  { datasets }: ProductDocument,
  { chart, columns }: ChartDocument,
  onChange: (changes: Changes) => void,
) {
  const { x } = chart;
  const kind = columns.find(({ name }) => name === x)?.kind;
  if (kind !== 'time' && kind !== 'number') return undefined;
  const fields = datasets.flatMap((dataset) => dataset.fields);
  const type = fields.find(({ name }) => name === x)?.type;
  return (range: readonly [number, number] | undefined) => {
    if (range) onChange({ [x]: [`gte.${boundOf(range[0], type)}`, `lte.${boundOf(range[1], type)}`] });
  };
}

export function labelOf({ mark, x, y, aggregate, title }: Chart): string {
  return (
    title ??
    `${mark} of ${aggregate === undefined ? '' : `the ${aggregate} of `}${y ?? 'the number of rows'} by ${x}`
  );
}

/** A bound as the field's values are written. */
function boundOf(value: number, type: string | undefined): string {
  if (type === 'date') return localIso(value).slice(0, 10);
  if (type === 'timestamp (local)') return localIso(value);
  if (type === 'timestamp') return new Date(value).toISOString();
  if (type === 'integer') return String(Math.round(value));
  return String(value);
}

/** Vega reads times without a zone as the reader's own, and so they are written back. */
function localIso(ms: number): string {
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
