/** How a plane is seen: a point of it at `x * zoom + viewport.x`, in pixels of what shows it. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const ZOOM_MIN = 0.03;
export const ZOOM_MAX = 2;
/** Of the space on each side, what is left free. */
const PADDING = 0.06;
/** Of a frame in pixels: that of a phone. */
const SMALL_WIDTH = 600;
const READABLE_ZOOM = 0.6;
/** Of a frame in pixels: that of a desk. On a wall, nodes are as much larger as all else is. */
const DESK_WIDTH = 1_400;
const FITTED_ZOOM_MAX = 1.6;
/** Pixels that are kept free around what is brought into sight. */
const MARGIN = 24;

/** All of it, in the middle, and on a desk never larger than it is. Where that could not be read on a small screen, its beginning. */
export function fitted(bounds: Bounds, { width, height }: Size): Viewport {
  const [wide, high] = [Math.max(1, bounds.right - bounds.left), Math.max(1, bounds.bottom - bounds.top)];
  const free = 1 - 2 * PADDING;
  const most = clamped(width / DESK_WIDTH, 1, FITTED_ZOOM_MAX);
  const zoom = clamped(Math.min(most, (width * free) / wide, (height * free) / high), ZOOM_MIN, ZOOM_MAX);
  if (width < SMALL_WIDTH && zoom < READABLE_ZOOM) return begun(bounds, { width, height });
  return {
    x: width / 2 - ((bounds.left + bounds.right) / 2) * zoom,
    y: height / 2 - ((bounds.top + bounds.bottom) / 2) * zoom,
    zoom,
  };
}

function begun({ left, top, bottom }: Bounds, { height }: Size): Viewport {
  const zoom = READABLE_ZOOM;
  const isLow = (bottom - top) * zoom < height - 2 * MARGIN;
  return {
    x: MARGIN - left * zoom,
    y: isLow ? height / 2 - ((top + bottom) / 2) * zoom : MARGIN - top * zoom,
    zoom,
  };
}

/** What is under `at` (in pixels) stays there. */
export function zoomed({ x, y, zoom }: Viewport, at: Point, factor: number): Viewport {
  const next = clamped(zoom * factor, ZOOM_MIN, ZOOM_MAX);
  const ratio = next / zoom;
  return { x: at.x - (at.x - x) * ratio, y: at.y - (at.y - y) * ratio, zoom: next };
}

export function moved(viewport: Viewport, by: Point): Viewport {
  return { ...viewport, x: viewport.x + by.x, y: viewport.y + by.y };
}

/** Moved by no more than it takes for `bounds` (in pixels of what shows it) to be in sight. */
export function revealed(viewport: Viewport, bounds: Bounds, { width, height }: Size): Viewport {
  return moved(viewport, {
    x: shift(bounds.left, bounds.right, width),
    y: shift(bounds.top, bounds.bottom, height),
  });
}

function shift(from: number, to: number, size: number): number {
  if (from < MARGIN) return MARGIN - from;
  return to > size - MARGIN ? Math.max(MARGIN - from, size - MARGIN - to) : 0;
}

function clamped(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
