import type { ColumnLineage } from '../../../src/runtime/lineage/column-lineage.ts';

/** `flights.departures@1/delay`. */
export function columnId(product: string, column: string): string {
  return `${product}/${column}`;
}

export interface ColumnEdge {
  readonly from: string;
  readonly to: string;
}

/** Which column is made of which. */
export class ColumnGraph {
  readonly edges: readonly ColumnEdge[];

  constructor(columns: readonly ColumnLineage[]) {
    this.edges = columns.flatMap(({ product, column, sources }) =>
      (sources ?? []).flatMap((source) =>
        source.product === null
          ? []
          : [{ from: columnId(source.product, source.column), to: columnId(product, column) }],
      ),
    );
  }

  /** All that a column is made of, and all that is made of it; itself in neither. */
  around(id: string): { readonly above: ReadonlySet<string>; readonly below: ReadonlySet<string> } {
    return {
      above: reached(id, this.edges, ({ to, from }) => [to, from]),
      below: reached(id, this.edges, ({ to, from }) => [from, to]),
    };
  }
}

function reached(
  start: string,
  edges: readonly ColumnEdge[],
  ends: (edge: ColumnEdge) => readonly [string, string],
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const edge of edges) {
      const [of, other] = ends(edge);
      if (of === id && !found.has(other)) {
        found.add(other);
        open.push(other);
      }
    }
  return found;
}
