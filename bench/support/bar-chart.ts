export interface Bar {
  readonly name: string;
  readonly value: number;
}

const WIDTH = 50;

/** One line a bar: name, bar and value, the longest bar for the largest value. */
export function barChart(bars: readonly Bar[]): string {
  const largest = Math.max(...bars.map(({ value }) => value));
  const nameWidth = Math.max(...bars.map(({ name }) => name.length));
  const line = ({ name, value }: Bar) =>
    `  ${name.padStart(nameWidth)} ${'█'.repeat(Math.max(1, Math.round((value / largest) * WIDTH)))} ${value.toFixed(0)}`;
  return bars.map(line).join('\n');
}
