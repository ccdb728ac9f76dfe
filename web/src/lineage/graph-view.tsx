import './lineage.css';
import { memo, useMemo } from 'react';
import type { LineageDocument, LineageNode } from '../api/documents.ts';
import type { ColumnEdge } from './column-graph.ts';
import { type DrawnEdge, type EdgeLook, GraphEdges } from './graph-edges.tsx';
import { type Layout, layOut, type Place } from './layout.ts';
import { wayOf } from './long-edges.ts';
import { COLUMN_HEIGHT, COLUMNS_TOP, HEAD_HEIGHT, MeshNode, NODE_WIDTH } from './mesh-node.tsx';
import { PanZoomArea } from './pan-zoom-area.tsx';
import type { Bounds, Point } from './viewport.ts';

export interface GraphViewProps {
  readonly document: LineageDocument;
  readonly label: string;
  /** The product whose page this is. */
  readonly own?: string;
  /** Columns to show by product; products only when left out. */
  readonly columns?: ReadonlyMap<string, readonly string[]>;
  readonly columnEdges?: readonly ColumnEdge[];
  /** Column ids that belong to the chosen one; the rest is dimmed. */
  readonly marked?: ReadonlySet<string> | undefined;
  readonly onColumn?: (id: string) => void;
}

type Places = ReadonlyMap<string, Place>;

const NO_COLUMNS: readonly string[] = [];
const Node = memo(MeshNode);

export function GraphView(props: GraphViewProps) {
  const { document, columns, marked, onColumn, own } = props;
  const shape = JSON.stringify([document.nodes.map(({ id }) => id), document.edges, [...(columns ?? [])]]);
  // Places follow from the shape alone: figures that move do not move nodes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: shape stands for the document's nodes and edges
  const layout = useMemo(
    () =>
      layOut(
        document.nodes.map(({ id }) => ({ id, width: NODE_WIDTH, height: heightOf(columns?.get(id)) })),
        document.edges,
      ),
    [shape],
  );
  const { places } = layout;
  const bounds = useMemo(() => boundsOf(document.nodes, places, columns), [document.nodes, places, columns]);
  return (
    <PanZoomArea label={props.label} bounds={bounds}>
      <GraphEdges edges={edgesOf(props, layout)} />
      {document.nodes.map((node) => (
        <Node
          key={node.id}
          node={node}
          {...(places.get(node.id) ?? { x: 0, y: 0 })}
          height={heightOf(columns?.get(node.id))}
          isOwn={node.id === own}
          columns={columns?.get(node.id) ?? NO_COLUMNS}
          marked={marked}
          onColumn={onColumn}
        />
      ))}
    </PanZoomArea>
  );
}

function heightOf(columns: readonly string[] | undefined): number {
  return (
    HEAD_HEIGHT + (columns === undefined || columns.length === 0 ? 0 : columns.length * COLUMN_HEIGHT + 8)
  );
}

function boundsOf(nodes: readonly LineageNode[], places: Places, columns: GraphViewProps['columns']): Bounds {
  const boxes = nodes.map(({ id }) => {
    const { x, y } = places.get(id) ?? { x: 0, y: 0 };
    return { left: x, top: y, right: x + NODE_WIDTH, bottom: y + heightOf(columns?.get(id)) };
  });
  const none = { left: 0, top: 0, right: NODE_WIDTH, bottom: HEAD_HEIGHT };
  return boxes.reduce(
    (all, box) => ({
      left: Math.min(all.left, box.left),
      top: Math.min(all.top, box.top),
      right: Math.max(all.right, box.right),
      bottom: Math.max(all.bottom, box.bottom),
    }),
    boxes[0] ?? none,
  );
}

function edgesOf(props: GraphViewProps, { places, ways }: Layout): DrawnEdge[] {
  const { document, columns, columnEdges, marked } = props;
  if (columns && columnEdges)
    return columnEdges.flatMap(({ from, to }) => {
      const isMarked = marked?.has(from) && marked.has(to);
      const look = marked === undefined ? 'plain' : isMarked ? 'marked' : 'dim';
      const past = ways.get(wayOf({ from: productOf(from), to: productOf(to) }));
      return edge(columnPlace(from, columns, places), columnPlace(to, columns, places), { look, past });
    });
  const troubled = new Set(document.nodes.filter(isTroubled).map(({ id }) => id));
  return document.edges.flatMap(({ from, to }) => {
    const look = troubled.has(from) ? 'troubled' : 'plain';
    return edge(headPlace(places.get(from)), headPlace(places.get(to)), {
      look,
      past: ways.get(wayOf({ from, to })),
    });
  });
}

function isTroubled(node: LineageNode): boolean {
  return (
    node.kind === 'product' &&
    (node.health === 'failing' || node.heldAt !== null || node.troubledBy.length > 0)
  );
}

interface EdgeStyle {
  readonly look: EdgeLook;
  readonly past: readonly Point[] | undefined;
}

/** From the right of one to the left of the other; none when one of them is not shown. */
function edge(from: Point | undefined, to: Point | undefined, { look, past = [] }: EdgeStyle): DrawnEdge[] {
  return from && to ? [{ from: { x: from.x + NODE_WIDTH, y: from.y }, past, to, look }] : [];
}

function headPlace(place: Place | undefined): Point | undefined {
  return place && { x: place.x, y: place.y + HEAD_HEIGHT / 2 };
}

/** `flights.departures@1/delay`: the left end of its line. */
function columnPlace(
  id: string,
  columns: ReadonlyMap<string, readonly string[]>,
  places: Places,
): Point | undefined {
  const product = productOf(id);
  const place = places.get(product);
  const index = columns.get(product)?.indexOf(id.slice(product.length + 1)) ?? -1;
  if (!place || index < 0) return undefined;
  return { x: place.x, y: place.y + COLUMNS_TOP + (index + 0.5) * COLUMN_HEIGHT };
}

function productOf(column: string): string {
  return column.slice(0, column.indexOf('/'));
}
