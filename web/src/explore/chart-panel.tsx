import { lazy, Suspense } from 'react';
import {
  type ColumnKind,
  chartSpec,
  guessChart,
  MARKS,
  type Mark,
} from '../../../src/protocols/chart/chart-spec.ts';
import { isNumeric } from '../base/cell.tsx';
import { Empty, Loading } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';
import type { SqlAnswer } from './run-sql.ts';

const VegaChart = lazy(async () => ({ default: (await import('../chart/vega-chart.tsx')).VegaChart }));

/** A chart of the answer: a guess to begin with, each part of it a choice in the address. */
export function ChartPanel({ answer }: { readonly answer: SqlAnswer }) {
  const [params, change] = useUrlState();
  const columns = answer.columns.map(({ name, type }) => ({ name, kind: kindOf(type) }));
  const guess = guessChart(columns);
  if (!guess || answer.rows.length === 0) return <Empty title="Nothing to draw." />;
  const names = answer.columns.map(({ name }) => name);
  const chosen = (part: string, otherwise: string | undefined) => {
    const value = params.get(part);
    return value !== null && (value === '-' || names.includes(value))
      ? value === '-'
        ? undefined
        : value
      : otherwise;
  };
  const chart = {
    mark: MARKS.find((mark) => mark === params.get('mark')) ?? guess.mark,
    x: chosen('x', guess.x) ?? guess.x,
    y: chosen('y', guess.y),
    color: chosen('color', undefined),
    // The statement says what is added up.
    aggregate: undefined,
    title: undefined,
  };
  const spec = chartSpec(chart, columns, answer.rows);
  return (
    <div className="stack chart-panel">
      <div className="row">
        <Choice
          label="Mark"
          value={chart.mark}
          values={MARKS}
          onChange={(mark) => change({ mark: mark as Mark })}
        />
        <Choice label="x" value={chart.x} values={names} onChange={(x) => change({ x })} />
        <Choice label="y" value={chart.y ?? '-'} values={['-', ...names]} onChange={(y) => change({ y })} />
        <Choice
          label="Colour"
          value={chart.color ?? '-'}
          values={['-', ...names]}
          onChange={(color) => change({ color })}
        />
      </div>
      <Suspense fallback={<Loading />}>
        <VegaChart spec={spec} label={`${chart.mark} of ${chart.y ?? 'rows'} by ${chart.x}`} />
      </Suspense>
    </div>
  );
}

function kindOf(type: string): ColumnKind {
  if (/^(date|timestamp)/i.test(type)) return 'time';
  return isNumeric(type) ? 'number' : 'name';
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly values: readonly string[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, values, onChange }: ChoiceProps) {
  return (
    <label className="row small soft">
      {label}
      <select
        className="input narrow"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {values.map((each) => (
          <option key={each} value={each}>
            {each === '-' ? 'none' : each}
          </option>
        ))}
      </select>
    </label>
  );
}
