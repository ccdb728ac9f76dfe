/**
 * Moves and zooms a plane by mouse, wheel, fingers and keys. Nothing is drawn anew for it: one transform is changed, at most once a frame,
 * and the plane is a layer of its own while it moves, so that the browser only shows it elsewhere.
 */
import { type Bounds, fitted, moved, type Point, revealed, type Viewport, zoomed } from './viewport.ts';

const WHEEL_FACTOR = 1.0015;
/** Pixels that one wheel event may stand for: some mice tell of hundreds. */
const WHEEL_MAX = 120;
const KEY_STEP = 60;
const KEY_ZOOM = 1.25;
/** Below it, what is written on nodes cannot be read anyway. */
const FAR_ZOOM = 0.4;
/** After so long without movement it is drawn sharply. */
const REST_MS = 160;

export class PanZoom {
  readonly #frame: HTMLElement;
  readonly #plane: HTMLElement;
  readonly #ended = new AbortController();
  readonly #pointers = new Map<number, Point>();
  readonly #resized: ResizeObserver;
  #viewport: Viewport = { x: 0, y: 0, zoom: 1 };
  #bounds: Bounds;
  #isFitted = true;
  #drawing: number | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(frame: HTMLElement, plane: HTMLElement, bounds: Bounds) {
    this.#frame = frame;
    this.#plane = plane;
    this.#bounds = bounds;
    const { signal } = this.#ended;
    frame.addEventListener('wheel', (event) => this.#wheel(event), { passive: false, signal });
    frame.addEventListener('pointerdown', (event) => this.#press(event), { signal });
    frame.addEventListener('pointermove', (event) => this.#drag(event), { signal });
    for (const end of ['pointerup', 'pointercancel'] as const)
      frame.addEventListener(end, (event) => this.#pointers.delete(event.pointerId), { signal });
    frame.addEventListener('keydown', (event) => this.#key(event), { signal });
    frame.addEventListener('focusin', (event) => this.#reveal(event.target), { signal });
    this.#resized = new ResizeObserver(() => this.#isFitted && this.fit());
    this.#resized.observe(frame);
    this.fit();
  }

  /** Shows all of it, and goes on to until somebody moves it. */
  fit(bounds: Bounds = this.#bounds): void {
    this.#bounds = bounds;
    this.#show(fitted(bounds, this.#size()));
    this.#isFitted = true;
  }

  /** Around the middle. */
  zoomBy(factor: number): void {
    const { width, height } = this.#size();
    this.#show(zoomed(this.#viewport, { x: width / 2, y: height / 2 }, factor));
  }

  close(): void {
    this.#ended.abort();
    this.#resized.disconnect();
    clearTimeout(this.#resting);
    if (this.#drawing !== undefined) cancelAnimationFrame(this.#drawing);
  }

  #size() {
    return { width: this.#frame.clientWidth, height: this.#frame.clientHeight };
  }

  #show(viewport: Viewport): void {
    this.#viewport = viewport;
    this.#isFitted = false;
    this.#plane.classList.add('moving');
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#plane.classList.remove('moving'), REST_MS);
    this.#drawing ??= requestAnimationFrame(() => {
      this.#drawing = undefined;
      const { x, y, zoom } = this.#viewport;
      this.#plane.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
      this.#frame.classList.toggle('far', zoom < FAR_ZOOM);
    });
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const turned = Math.max(-WHEEL_MAX, Math.min(WHEEL_MAX, event.deltaY)) * (event.ctrlKey ? 4 : 1);
    this.#show(zoomed(this.#viewport, this.#pointOf(event), WHEEL_FACTOR ** -turned));
  }

  #press(event: PointerEvent): void {
    const isOther = event.target instanceof Element && event.target.closest('a, button') !== null;
    if (event.button !== 0 || isOther) return;
    this.#pointers.set(event.pointerId, this.#pointOf(event));
    this.#frame.setPointerCapture(event.pointerId);
  }

  /** With one finger it is moved, with two also zoomed, around the point between them. */
  #drag(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#pointOf(event);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (!other) {
      this.#show(moved(this.#viewport, { x: now.x - before.x, y: now.y - before.y }));
      return;
    }
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const factor = distance(now, other) / Math.max(1, distance(before, other));
    const shifted = moved(this.#viewport, { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 });
    this.#show(zoomed(shifted, middle, factor));
  }

  #key(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#show(moved(this.#viewport, { x: KEY_STEP, y: 0 })),
      ArrowRight: () => this.#show(moved(this.#viewport, { x: -KEY_STEP, y: 0 })),
      ArrowUp: () => this.#show(moved(this.#viewport, { x: 0, y: KEY_STEP })),
      ArrowDown: () => this.#show(moved(this.#viewport, { x: 0, y: -KEY_STEP })),
      '+': () => this.zoomBy(KEY_ZOOM),
      '-': () => this.zoomBy(1 / KEY_ZOOM),
      '0': () => this.fit(),
    };
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step();
  }

  /** What the keyboard came to is brought into sight, by moving the plane and not by scrolling what shows it. */
  #reveal(target: EventTarget | null): void {
    this.#frame.scrollTo(0, 0);
    if (!(target instanceof HTMLElement) || !this.#plane.contains(target)) return;
    if (!target.matches(':focus-visible')) return;
    const frame = this.#frame.getBoundingClientRect();
    const box = target.getBoundingClientRect();
    const bounds = {
      left: box.left - frame.left,
      right: box.right - frame.left,
      top: box.top - frame.top,
      bottom: box.bottom - frame.top,
    };
    this.#show(revealed(this.#viewport, bounds, this.#size()));
  }

  #pointOf(event: MouseEvent): Point {
    const { left, top } = this.#frame.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
