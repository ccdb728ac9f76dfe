import { NODE_WIDTH } from './mesh-node.tsx';
import type { Point } from './viewport.ts';

export interface DrawnEdge {
  readonly from: Point;
  /** Where it enters what it leads past, from left to right. */
  readonly past: readonly Point[];
  readonly to: Point;
  readonly look: EdgeLook;
}

/** In the order in which they are drawn. */
export const EDGE_LOOKS = ['dim', 'plain', 'marked', 'troubled'] as const;
export type EdgeLook = (typeof EDGE_LOOKS)[number];

const BEND_MIN = 30;

/** All edges that look alike are one path: a thousand of them cost no more than one. */
export function GraphEdges({ edges }: { readonly edges: readonly DrawnEdge[] }) {
  return (
    <svg className="graph-edges" aria-hidden="true">
      {EDGE_LOOKS.map((look) => {
        const paths = edges.filter((edge) => edge.look === look).map(pathOf);
        return paths.length === 0 ? null : <path key={look} className={look} d={paths.join('')} />;
      })}
    </svg>
  );
}

function pathOf({ from, past, to }: DrawnEdge): string {
  let at = from;
  let path = `M${from.x},${from.y}`;
  for (const point of past) {
    path += `${curve(at, point)}H${point.x + NODE_WIDTH}`;
    at = { x: point.x + NODE_WIDTH, y: point.y };
  }
  return path + curve(at, to);
}

function curve(from: Point, to: Point): string {
  const bend = Math.max(BEND_MIN, Math.abs(to.x - from.x) / 2);
  return `C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`;
}
