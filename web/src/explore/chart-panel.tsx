import { lazy, Suspense } from 'react';
import { Empty, Loading } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';
import { chartSpec, guessChart, MARKS, type Mark } from '../chart/chart-spec.ts';
import type { SqlAnswer } from './run-sql.ts';

const VegaChart = lazy(async () => ({ default: (await import('../chart/vega-chart.tsx')).VegaChart }));

/** A chart of the answer: a guess to begin with, each part of it a choice in the address. */
export function ChartPanel({ answer }: { readonly answer: SqlAnswer }) {
  const [params, change] = useUrlState();
  const guess = guessChart(answer.columns);
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
    x: chosen('x', guess.x),
    y: chosen('y', guess.y),
    color: chosen('color', guess.color),
  };
  if (chart.x === undefined || answer.rows.length === 0) return <Empty title="Nothing to draw." />;
  const spec = chartSpec({
    ...chart,
    x: chart.x,
    columns: answer.columns,
    values: answer.rows,
    aggregate: undefined,
  });
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
