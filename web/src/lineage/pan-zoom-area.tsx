import { type ReactNode, useEffect, useRef } from 'react';
import { PanZoom } from './pan-zoom.ts';
import type { Bounds } from './viewport.ts';

interface PanZoomAreaProps {
  readonly label: string;
  readonly bounds: Bounds;
  readonly children: ReactNode;
}

const STEP = 1.4;

/** A plane that is larger than the page has room for. */
export function PanZoomArea({ label, bounds, children }: PanZoomAreaProps) {
  const frame = useRef<HTMLElement>(null);
  const plane = useRef<HTMLDivElement>(null);
  const control = useRef<PanZoom>(undefined);
  const { left, top, right, bottom } = bounds;
  useEffect(() => {
    if (!frame.current || !plane.current) return undefined;
    const made = new PanZoom(frame.current, plane.current, { left, top, right, bottom });
    control.current = made;
    return () => made.close();
  }, [left, top, right, bottom]);
  return (
    <div className="graph-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by keyboard */}
      <section className="graph" ref={frame} aria-label={label} tabIndex={0}>
        <div className="graph-plane" ref={plane}>
          {children}
        </div>
      </section>
      <div className="graph-controls">
        <button type="button" aria-label="Larger" onClick={() => control.current?.zoomBy(STEP)}>
          +
        </button>
        <button type="button" aria-label="Smaller" onClick={() => control.current?.zoomBy(1 / STEP)}>
          −
        </button>
        <button type="button" aria-label="All of it" onClick={() => control.current?.fit()}>
          ⤢
        </button>
      </div>
    </div>
  );
}
