export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 640;
const HEIGHT = 360;
const MARGIN = { left: 70, right: 190, top: 40, bottom: 50 };
const COLORS = ['#1f6feb', '#d1242f', '#1a7f37', '#8250df'];

/** Curves over logarithmic axes, where a straight line that climbs one to one stands for "as much more as there is more", as an SVG document. */
export function lineChart(
  title: string,
  axes: { readonly x: string; readonly y: string },
  curves: readonly Curve[],
): string {
  const x = axis(
    curves.flatMap(({ points }) => points.map(([value]) => value)),
    MARGIN.left,
    WIDTH - MARGIN.right,
  );
  const y = axis(
    curves.flatMap(({ points }) => points.map(([, value]) => value)),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  );
  const text = (at: readonly [number, number], label: string, anchor = 'middle', color = '#24292f') =>
    `<text x="${round(at[0])}" y="${round(at[1])}" text-anchor="${anchor}" fill="${color}">${label}</text>`;
  const grid = [
    ...x.ticks.map(
      (tick) =>
        `<path d="M${x.at(tick)} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}" stroke="#d0d7de"/>${text([x.at(tick), HEIGHT - MARGIN.bottom + 18], tick.toLocaleString('en'))}`,
    ),
    ...y.ticks.map(
      (tick) =>
        `<path d="M${MARGIN.left} ${y.at(tick)}H${WIDTH - MARGIN.right}" stroke="#d0d7de"/>${text([MARGIN.left - 8, y.at(tick) + 4], tick.toLocaleString('en'), 'end')}`,
    ),
  ];
  const lines = curves.map(({ name, points }, i) => {
    const color = COLORS[i % COLORS.length] as string;
    const places = points.map(([px, py]) => [x.at(px), y.at(py)] as const);
    const [endX, endY] = places.at(-1) ?? [0, 0];
    const dots = places.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="3" fill="${color}"/>`).join('');
    return `<path d="M${places.map(([px, py]) => `${px} ${py}`).join('L')}" fill="none" stroke="${color}" stroke-width="2"/>${dots}${text([endX + 10, endY + 4], name, 'start', color)}`;
  });
  const titles = [
    text([MARGIN.left, 22], title, 'start'),
    text([(MARGIN.left + WIDTH - MARGIN.right) / 2, HEIGHT - 12], axes.x),
    text([MARGIN.left, MARGIN.top - 4], axes.y, 'end'),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="#fff"/>\n${[...grid, ...lines, ...titles].join('\n')}\n</svg>\n`;
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
