import { useComputedColorScheme } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import type { VegaLiteSpec } from '../../../src/protocols/chart/chart-spec.ts';
import { chartTheme } from '../../../src/protocols/chart/chart-theme.ts';
import { type BrushRange, followBrush } from './follow-brush.ts';
import { showTooltip } from './tooltip.ts';

interface VegaChartProps {
  readonly spec: VegaLiteSpec;
  readonly label: string;
  /** Called with what is brushed along x; undefined when nothing is. */
  readonly onBrush?: (range: BrushRange | undefined) => void;
  readonly fileName?: string;
  /** Beside the buttons below it. */
  readonly children?: ReactNode;
}

/** Draws without making code at run time, which the pages' policy forbids: Vega's expressions are interpreted. */
export function VegaChart({ spec, label, onBrush, fileName = 'chart', children }: VegaChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<View>(undefined);
  const scheme = useComputedColorScheme('light');
  const [error, setError] = useState<unknown>();
  const brushed = useRef(onBrush);
  brushed.current = onBrush;
  const text = JSON.stringify(spec);
  useEffect(() => {
    const container = host.current;
    if (!container) return undefined;
    setError(undefined);
    const drawn = new View(
      parse(
        compile(JSON.parse(text) as TopLevelSpec, { config: chartTheme(scheme) as Config }).spec,
        undefined,
        {
          ast: true,
        },
      ),
      {
        expr: expressionInterpreter,
        renderer: 'canvas',
        hover: true,
        container,
        loader: refusingLoader(),
      },
    );
    drawn.tooltip((_handler, event, _item, value) => showTooltip(container, event, value));
    const endBrush = brushed.current && followBrush(drawn, container, (range) => brushed.current?.(range));
    view.current = drawn;
    drawn.runAsync().catch(setError);
    const resize = new ResizeObserver(() => void drawn.resize().runAsync());
    resize.observe(container);
    return () => {
      endBrush?.();
      resize.disconnect();
      drawn.finalize();
    };
  }, [text, scheme]);
  const save = async (kind: 'png' | 'svg') => {
    if (!view.current) return;
    const blob =
      kind === 'svg'
        ? new Blob([await view.current.toSVG()], { type: 'image/svg+xml' })
        : await canvasBlob(await view.current.toCanvas(2));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${fileName}.${kind}`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <figure className="chart">
      {error !== undefined && <p className="bad-text">{String(error)}</p>}
      <div className="chart-canvas" ref={host} role="img" aria-label={label} />
      <div className="row chart-foot">
        <span className="grow">{children}</span>
        <button type="button" className="button quiet" onClick={() => void save('png')}>
          PNG
        </button>
        <button type="button" className="button quiet" onClick={() => void save('svg')}>
          SVG
        </button>
      </div>
    </figure>
  );
}

/** A chart draws what it was given, and fetches nothing. */
function refusingLoader() {
  const refuse = async (): Promise<never> => {
    throw new Error('A chart loads nothing by itself.');
  };
  return { options: {}, load: refuse, sanitize: refuse, http: refuse, file: refuse };
}

function canvasBlob(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The image could not be made.')))),
  );
}
