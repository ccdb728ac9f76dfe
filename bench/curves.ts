/**
 * What it costs as something grows: records, products, keys, subscribers, fields, and products behind each other. Each figure stands beside a
 * baseline at the same size in the same run, and is told to be flat, at most linear, or more than that. Charts have logarithmic axes.
 *
 *     node scripts/bench.mjs curves [--quick] [--charts folder] [names, records,keys]
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type CostCurve, type Measured, powerOf, shapeOf } from './curves/curve.ts';
import { depth } from './curves/depth.ts';
import { fields } from './curves/fields.ts';
import { keys } from './curves/keys.ts';
import { products } from './curves/products.ts';
import { records } from './curves/records.ts';
import { subscribers } from './curves/subscribers.ts';
import { lineChart } from './support/line-chart.ts';

const CURVES: readonly CostCurve[] = [records, products, keys, subscribers, fields, depth];
/** What a logarithmic axis can show. */
const SHOWN_MIN = 0.01;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    charts: { type: 'string', default: 'bench/charts' },
  },
});
const chosen = positionals[0]?.split(',');
const unknown = chosen?.filter((name) => !CURVES.some((curve) => curve.name === name)) ?? [];
if (unknown.length > 0)
  throw new Error(
    `There is no curve "${unknown.join('", "')}"; there are: ${CURVES.map(({ name }) => name).join(', ')}.`,
  );
await mkdir(values.charts, { recursive: true });
for (const curve of CURVES.filter(({ name }) => chosen?.includes(name) ?? true)) await run(curve);

async function run(curve: CostCurve): Promise<void> {
  const steps: (readonly [size: number, measured: Measured])[] = [];
  for (const size of values.quick ? curve.sizes.quick : curve.sizes.whole)
    steps.push([size, await curve.measure(size)]);
  console.log(`${curve.name}: ${steps.map(([size]) => size.toLocaleString('en')).join(', ')} ${curve.grows}`);
  const names = Object.keys(steps[0]?.[1] ?? {});
  for (const name of names) {
    const points = pointsOf(steps, name);
    const figures = points.map(([, value]) => shown(value).padStart(10)).join(' ');
    const shape = shapeOf(powerOf(points));
    const why = shape.startsWith('more') && curve.why?.[name] ? ` (${curve.why[name]})` : '';
    console.log(`  ${name.padEnd(48)} ${figures}  ${shape}${why}`);
  }
  const file = path.join(values.charts, `${curve.name}.svg`);
  const lines = names.map((name) => ({
    name,
    points: pointsOf(steps, name).map(([x, y]) => [x, Math.max(y, SHOWN_MIN)] as const),
  }));
  await writeFile(file, lineChart(curve.name, { x: curve.grows, y: 'as named' }, lines));
  console.log(`  chart: charts/${curve.name}.svg`);
}

function pointsOf(
  steps: readonly (readonly [number, Measured])[],
  name: string,
): (readonly [number, number])[] {
  return steps.map(([size, measured]) => [size, measured[name] ?? 0] as const);
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
