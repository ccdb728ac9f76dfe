import { expect, it } from 'vitest';
import { type ChartColumn, chartSpec, guessChart } from './chart-spec.ts';

const COLUMNS: readonly ChartColumn[] = [
  { name: 'day', kind: 'time' },
  { name: 'delay', kind: 'number' },
];

function valuesOf(rows: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] {
  const chart = guessChart(COLUMNS);
  if (!chart) throw new Error('nothing to draw');
  return (chartSpec(chart, COLUMNS, rows).data as { values: Record<string, unknown>[] }).values;
}

it('draws a day as that day, and not as the evening before, west of Greenwich', () => {
  const [value] = valuesOf([{ day: '2001-02-01', delay: 3 }]);
  const drawn = new Date(String(value?.day));
  expect([drawn.getFullYear(), drawn.getMonth(), drawn.getDate(), drawn.getHours()]).toEqual([2001, 1, 1, 0]);
});

it('draws an instant as that instant, and a local time as it stands', () => {
  const days = ['2001-02-01T10:00:00Z', '2001-02-01T10:00:00'];
  expect(valuesOf(days.map((day) => ({ day, delay: 1 }))).map(({ day }) => day)).toEqual(days);
});

it('draws a number that was kept as text, and nothing where there is none', () => {
  const values = valuesOf([
    { day: '2001-02-01', delay: '9007199254740993' },
    { day: '2001-02-01', delay: null },
  ]);
  expect(values.map(({ delay }) => delay)).toEqual([2 ** 53, null]);
});
