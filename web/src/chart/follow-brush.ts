import type { View } from 'vega';

/** Numbers, or milliseconds where x is a time. */
export type BrushRange = readonly [number, number];

const BRUSH_QUIET_MS = 400;

/** Tells what is brushed along x: never while the pointer still draws it, and once nothing has moved for a moment. Gives what ends it. */
export function followBrush(
  view: View,
  container: HTMLElement,
  tell: (range: BrushRange | undefined) => void,
): () => void {
  const ended = new AbortController();
  let isPressed = false;
  let brushed: { readonly range: BrushRange | undefined } | undefined;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(quiet);
    if (!isPressed && brushed) quiet = setTimeout(tell, BRUSH_QUIET_MS, brushed.range);
  };
  const press = (next: boolean) => () => {
    isPressed = next;
    wait();
  };
  container.addEventListener('pointerdown', press(true), { signal: ended.signal });
  for (const end of ['pointerup', 'pointercancel'] as const)
    window.addEventListener(end, press(false), { signal: ended.signal });
  view.addSignalListener('brush', (_name, value: Record<string, BrushRange> | null) => {
    const range = Object.values(value ?? {})[0];
    brushed = { range: range && [Number(range[0]), Number(range[1])] };
    wait();
  });
  return () => {
    ended.abort();
    clearTimeout(quiet);
  };
}
