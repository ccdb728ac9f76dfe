import '@xyflow/react/dist/style.css';
import './lineage.css';
import { useComputedColorScheme } from '@mantine/core';
import { Background, Controls, type Edge, type Node, ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import type { LineageDocument } from '../api/documents.ts';
import type { ColumnEdge } from './column-graph.ts';
import { layOut } from './layout.ts';
import { COLUMN_HEIGHT, HEAD_HEIGHT, MeshNode, NODE_WIDTH, type NodeData } from './mesh-node.tsx';

const NODE_TYPES = { mesh: MeshNode };
/** With more, only what is in sight is drawn; with fewer, finding out what is takes longer than drawing all. */
const DRAWN_WHOLE_MAX = 1_500;

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

export function GraphView(props: GraphViewProps) {
  const scheme = useComputedColorScheme('light');
  const { document, columns } = props;
  const shape = JSON.stringify([document.nodes.map(({ id }) => id), document.edges, [...(columns ?? [])]]);
  // Places follow from the shape alone: figures that move do not move nodes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: shape stands for the document's nodes and edges
  const places = useMemo(
    () =>
      layOut(
        document.nodes.map(({ id }) => ({ id, width: NODE_WIDTH, height: heightOf(columns?.get(id)) })),
        document.edges,
      ),
    [shape],
  );
  const nodes = document.nodes.map(
    (node): Node<NodeData> => ({
      id: node.id,
      type: 'mesh',
      position: { ...(places.get(node.id) ?? { x: 0, y: 0 }) },
      width: NODE_WIDTH,
      height: heightOf(columns?.get(node.id)),
      ariaLabel: node.name,
      data: {
        node,
        isOwn: node.id === props.own,
        columns: columns?.get(node.id) ?? [],
        marked: props.marked,
        onColumn: props.onColumn,
      },
    }),
  );
  return (
    <section className="graph" aria-label={props.label}>
      <ReactFlow
        nodes={nodes}
        edges={edgesOf(props)}
        nodeTypes={NODE_TYPES}
        colorMode={scheme}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        minZoom={0.05}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements={nodes.length > DRAWN_WHOLE_MAX}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={24} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </section>
  );
}

function heightOf(columns: readonly string[] | undefined): number {
  return (
    HEAD_HEIGHT + (columns === undefined || columns.length === 0 ? 0 : columns.length * COLUMN_HEIGHT + 8)
  );
}

function edgesOf({ document, columns, columnEdges, marked }: GraphViewProps): Edge[] {
  const troubled = new Set(
    document.nodes.flatMap((node) =>
      node.kind === 'product' &&
      (node.health === 'failing' || node.heldAt !== null || node.troubledBy.length > 0)
        ? [node.id]
        : [],
    ),
  );
  if (columns && columnEdges)
    return columnEdges.map(({ from, to }) => {
      const [source, sourceHandle] = partsOf(from);
      const [target, targetHandle] = partsOf(to);
      const isMarked = marked === undefined || (marked.has(from) && marked.has(to));
      return {
        ...{ id: `${from} ${to}`, source, target },
        sourceHandle: `out ${sourceHandle}`,
        targetHandle: `in ${targetHandle}`,
        className: isMarked && marked !== undefined ? 'edge marked' : isMarked ? 'edge' : 'edge dim',
      };
    });
  return document.edges.map(({ from, to, input }) => ({
    ...{ id: `${from} ${to} ${input}`, source: from, target: to, sourceHandle: 'out', targetHandle: 'in' },
    className: troubled.has(from) ? 'edge troubled' : 'edge',
  }));
}

function partsOf(id: string): readonly [string, string] {
  const at = id.indexOf('/');
  return [id.slice(0, at), id.slice(at + 1)];
}
