import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ProductDocument, ProductLineage } from '../api/documents.ts';
import { followed } from '../api/queries.ts';
import { plural } from '../base/format.ts';
import { Loaded } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';
import { ColumnGraph, columnId } from './column-graph.ts';
import { ColumnPanel } from './column-panel.tsx';
import { GraphView } from './graph-view.tsx';

export function LineageView({ product }: { readonly product: ProductDocument }) {
  const query = useQuery(followed<ProductLineage>(product._links.lineage.href));
  return (
    <Loaded query={query} rows={12}>
      {(lineage) => <Lineage product={product} lineage={lineage} />}
    </Loaded>
  );
}

interface LineageProps {
  readonly product: ProductDocument;
  readonly lineage: ProductLineage;
}

function Lineage({ product, lineage }: LineageProps) {
  const [params, change] = useUrlState();
  const isByColumn = params.get('level') === 'columns';
  const chosen = params.get('column') ?? undefined;
  return (
    <div className="stack">
      <div className="row spread">
        <fieldset className="segments" aria-label="Level of detail">
          <button
            type="button"
            aria-pressed={!isByColumn}
            onClick={() => change({ level: undefined, column: undefined })}
          >
            Products
          </button>
          <button type="button" aria-pressed={isByColumn} onClick={() => change({ level: 'columns' })}>
            Columns
          </button>
        </fieldset>
        <span className="soft small">
          {`made from ${plural(lineage.above.length, 'source or product', 'sources and products')}, read by ${plural(lineage.below.length, 'product')}`}
        </span>
      </div>
      {isByColumn ? (
        <Columns lineage={lineage} chosen={chosen} onColumn={(column) => change({ column })} />
      ) : (
        <GraphView document={lineage} own={product.id} label={`Lineage of ${product.name}`} />
      )}
      <p className="soft small">
        Kept up to date by <strong>{lineage.way}</strong>: {lineage.reason}
      </p>
    </div>
  );
}

interface ColumnsProps {
  readonly lineage: ProductLineage;
  readonly chosen: string | undefined;
  readonly onColumn: (id: string | undefined) => void;
}

function Columns({ lineage, chosen, onColumn }: ColumnsProps) {
  const graph = useMemo(() => new ColumnGraph(lineage.columns), [lineage.columns]);
  const columns = useMemo(() => {
    const byProduct = new Map<string, string[]>();
    // Of the others, what nothing here is made of would only be in the way.
    const used = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
    for (const { product, column } of lineage.columns)
      if (product === lineage.product || used.has(columnId(product, column)))
        byProduct.set(product, [...(byProduct.get(product) ?? []), column]);
    return byProduct;
  }, [lineage.columns, lineage.product, graph]);
  const products = useMemo(
    () => ({
      nodes: lineage.nodes.filter(({ kind }) => kind === 'product'),
      edges: lineage.edges.filter(({ from }) => !from.includes('/')),
    }),
    [lineage],
  );
  const around = chosen === undefined ? undefined : graph.around(chosen);
  const marked = around && new Set([chosen ?? '', ...around.above, ...around.below]);
  return (
    <div className="lineage-columns">
      <GraphView
        document={products}
        own={lineage.product}
        label={`Columns that ${lineage.product} is made of`}
        columns={columns}
        columnEdges={graph.edges}
        marked={marked}
        onColumn={(id) => onColumn(id === chosen ? undefined : id)}
      />
      <ColumnPanel
        lineage={lineage}
        graph={graph}
        chosen={chosen ?? columnId(lineage.product, columns.get(lineage.product)?.[0] ?? '')}
        isChosen={chosen !== undefined}
        onColumn={onColumn}
      />
    </div>
  );
}
