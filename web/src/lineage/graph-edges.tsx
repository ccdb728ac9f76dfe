import type { Point } from './viewport.ts';

export interface DrawnEdge {
  readonly from: Point;
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

function pathOf({ from, to }: DrawnEdge): string {
  const bend = Math.max(BEND_MIN, Math.abs(to.x - from.x) / 2);
  return `M${from.x},${from.y}C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`;
}
