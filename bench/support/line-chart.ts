export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const PLOT = { left: 70, right: 450, top: 40, bottom: 310 };
const HEIGHT = 360;
const LABEL = { gap: 10, line: 15, character: 6.6 };
const COLORS = ['#1f6feb', '#d1242f', '#1a7f37', '#8250df', '#9a6700', '#57606a'];

/** Curves over logarithmic axes, where a straight line that climbs one to one stands for "as much more as there is more", as an SVG document. */
export function lineChart(
  title: string,
  axes: { readonly x: string; readonly y: string },
  curves: readonly Curve[],
): string {
  const x = axis(
    curves.flatMap(({ points }) => points.map(([value]) => value)),
    PLOT.left,
    PLOT.right,
  );
  const y = axis(
    curves.flatMap(({ points }) => points.map(([, value]) => value)),
    PLOT.bottom,
    PLOT.top,
  );
  const text = (at: readonly [number, number], label: string, anchor = 'middle', color = '#24292f') =>
    `<text x="${round(at[0])}" y="${round(at[1])}" text-anchor="${anchor}" fill="${color}">${label}</text>`;
  const grid = [
    ...x.ticks.map(
      (tick) =>
        `<path d="M${x.at(tick)} ${PLOT.top}V${PLOT.bottom}" stroke="#d0d7de"/>${text([x.at(tick), PLOT.bottom + 18], tick.toLocaleString('en'))}`,
    ),
    ...y.ticks.map(
      (tick) =>
        `<path d="M${PLOT.left} ${y.at(tick)}H${PLOT.right}" stroke="#d0d7de"/>${text([PLOT.left - 8, y.at(tick) + 4], tick.toLocaleString('en'), 'end')}`,
    ),
  ];
  const labels = spread(curves.map(({ points }) => y.at(points.at(-1)?.[1] ?? 1)));
  const lines = curves.map(({ name, points }, i) => {
    const color = COLORS[i % COLORS.length] as string;
    const places = points.map(([px, py]) => [x.at(px), y.at(py)] as const);
    const dots = places.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="3" fill="${color}"/>`).join('');
    return `<path d="M${places.map(([px, py]) => `${px} ${py}`).join('L')}" fill="none" stroke="${color}" stroke-width="2"/>${dots}${text([PLOT.right + LABEL.gap, (labels[i] ?? 0) + 4], name, 'start', color)}`;
  });
  const titles = [
    text([PLOT.left, 22], title, 'start'),
    text([(PLOT.left + PLOT.right) / 2, HEIGHT - 12], axes.x),
    text([PLOT.left, PLOT.top - 4], axes.y, 'end'),
  ];
  const longest = Math.max(...curves.map(({ name }) => name.length));
  const width = Math.ceil(PLOT.right + 2 * LABEL.gap + longest * LABEL.character);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" font-family="sans-serif" font-size="12">\n<title>${title}</title>\n<rect width="100%" height="100%" fill="#fff"/>\n${[...grid, ...lines, ...titles].join('\n')}\n</svg>\n`;
}

/** The same heights, moved down where they would lie over each other. */
function spread(heights: readonly number[]): readonly number[] {
  const order = heights.map((_, i) => i).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const moved = [...heights];
  let free = PLOT.top;
  for (const i of order) {
    moved[i] = Math.max(free, moved[i] ?? 0);
    free = (moved[i] ?? 0) + LABEL.line;
  }
  return moved;
}

/** Powers of ten around the values. */
function axis(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const at = (value: number) => round(from + ((Math.log10(value) - low) / (high - low)) * (to - from));
  return { at, ticks: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
