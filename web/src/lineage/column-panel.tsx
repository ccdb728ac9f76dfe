import { useQuery } from '@tanstack/react-query';
import type { ProductLineage } from '../api/documents.ts';
import { addressOf, productQuery } from '../api/queries.ts';
import { plural } from '../base/format.ts';
import type { ColumnGraph } from './column-graph.ts';

interface ColumnPanelProps {
  readonly lineage: ProductLineage;
  readonly graph: ColumnGraph;
  readonly chosen: string;
  readonly isChosen: boolean;
  readonly onColumn: (id: string) => void;
}

/** A column in words: what it is made of, by which SQL, and what breaks when it changes. */
export function ColumnPanel({ lineage, graph, chosen, isChosen, onColumn }: ColumnPanelProps) {
  const at = chosen.indexOf('/');
  const [product, column] = [chosen.slice(0, at), chosen.slice(at + 1)];
  const found = lineage.columns.find((each) => each.product === product && each.column === column);
  const { data } = useQuery({
    ...productQuery(addressOf(product)),
    enabled: isChosen,
    refetchInterval: false,
  });
  if (!isChosen || !found)
    return (
      <aside className="card soft" aria-label="Column">
        Choose a column in the graph: it shows what it is made of, the SQL that made it, and what breaks when
        it changes.
      </aside>
    );
  const { below } = graph.around(chosen);
  return (
    <aside className="card stack" aria-label="Column">
      <div>
        <h2 className="mono">{column}</h2>
        <span className="soft small">
          {product} · {found.type}
        </span>
      </div>
      <div>
        <h3>Made from</h3>
        <MadeFrom found={found} onColumn={onColumn} />
      </div>
      <div>
        <h3>If it changes</h3>
        {below.size === 0 ? (
          <span className="soft">No other column is made of it.</span>
        ) : (
          <>
            <p className="soft small">{plural(below.size, 'column')} would change with it:</p>
            <ul className="plain">
              {[...below].map((id) => (
                <ColumnItem key={id} id={id} onColumn={onColumn} />
              ))}
            </ul>
          </>
        )}
      </div>
      {data?.transform && (
        <div>
          <h3>{data.transform.file ?? `The ${data.transform.language} of ${data.name}`}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <section tabIndex={0} aria-label="Source of the transform">
            <pre className="sql-source">
              <Marked text={data.transform.source} word={column} />
            </pre>
          </section>
        </div>
      )}
    </aside>
  );
}

function MadeFrom({
  found,
  onColumn,
}: {
  readonly found: ProductLineage['columns'][number];
  readonly onColumn: (id: string) => void;
}) {
  if (found.sources === null)
    return (
      <span className="soft">
        Not of single columns: the transform counts, computes or maps whole records.
      </span>
    );
  return (
    <ul className="plain">
      {found.sources.map(({ product, input, column }) =>
        product === null ? (
          <li key={`${input} ${column}`} className="mono">
            {column} <span className="soft">of the input {input}</span>
          </li>
        ) : (
          <ColumnItem key={`${product}/${column}`} id={`${product}/${column}`} onColumn={onColumn} />
        ),
      )}
    </ul>
  );
}

function ColumnItem({ id, onColumn }: { readonly id: string; readonly onColumn: (id: string) => void }) {
  const at = id.indexOf('/');
  return (
    <li>
      <button type="button" className="more mono" onClick={() => onColumn(id)}>
        {id.slice(at + 1)}
      </button>{' '}
      <span className="soft small">{id.slice(0, at)}</span>
    </li>
  );
}

/** The column's name wherever the source has it as a word. */
function Marked({ text, word }: { readonly text: string; readonly word: string }) {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const parts = text.split(new RegExp(`(?<![\\w])(${escaped})(?![\\w])`, 'i'));
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name
  return parts.map((part, i) => (i % 2 === 1 ? <mark key={i}>{part}</mark> : part));
}
