/** How the graph of the mesh is moved and zoomed: the arithmetic, without a browser. */
import { expect, it } from 'vitest';
import { fitted, revealed, type Viewport, ZOOM_MAX, zoomed } from '../../web/src/lineage/viewport.ts';

const SIZE = { width: 1_000, height: 500 };

function seen({ x, y, zoom }: Viewport, point: { x: number; y: number }) {
  return { x: point.x * zoom + x, y: point.y * zoom + y };
}

it('shows all of a graph that is larger than the page, in its middle', () => {
  const viewport = fitted({ left: -4_000, top: -100, right: 4_000, bottom: 100 }, SIZE);
  const [left, right] = [seen(viewport, { x: -4_000, y: 0 }), seen(viewport, { x: 4_000, y: 0 })];
  expect(left.x).toBeGreaterThan(0);
  expect(right.x).toBeLessThan(SIZE.width);
  expect(left.x).toBeCloseTo(SIZE.width - right.x);
});

it('does not blow up a small graph', () => {
  expect(fitted({ left: 0, top: 0, right: 10, bottom: 10 }, SIZE).zoom).toBe(1);
});

it('keeps what is under the pointer there, up to the largest zoom', () => {
  const before = { x: 30, y: -20, zoom: 0.5 };
  const at = { x: 400, y: 300 };
  const under = { x: (at.x - before.x) / before.zoom, y: (at.y - before.y) / before.zoom };
  for (const factor of [0.5, 2, 1_000]) {
    const after = zoomed(before, at, factor);
    expect(seen(after, under).x).toBeCloseTo(at.x);
    expect(seen(after, under).y).toBeCloseTo(at.y);
    expect(after.zoom).toBeLessThanOrEqual(ZOOM_MAX);
  }
});

it('moves only by what it takes to see what the keyboard came to', () => {
  const viewport = { x: 0, y: 0, zoom: 1 };
  expect(revealed(viewport, { left: 100, top: 100, right: 200, bottom: 120 }, SIZE)).toEqual(viewport);
  const moved = revealed(viewport, { left: 1_100, top: -80, right: 1_200, bottom: -60 }, SIZE);
  expect([1_200 + moved.x <= SIZE.width, -80 + moved.y >= 0]).toEqual([true, true]);
});
