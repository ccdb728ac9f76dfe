import { Link } from 'wouter';
import type { LineageNode } from '../api/documents.ts';
import { addressOf, pathOf } from '../api/queries.ts';
import { compactCount } from '../base/format.ts';
import { HealthDot, Tag } from '../base/parts.tsx';
import { Ago } from '../base/time.tsx';
import { columnId } from './column-graph.ts';
import { fitText, textWidth } from './fit-text.ts';

export const NODE_WIDTH = 232;
export const HEAD_HEIGHT = 66;
export const COLUMN_HEIGHT = 24;
/** Of the first column, from the top of the node. */
export const COLUMNS_TOP = HEAD_HEIGHT + 4;

const TITLE_FONT = '600 13px';
const TAG_FONT = '550 12px';
/** Of a title's line, what is neither its text nor the tag's: borders, paddings and the gap, with a little to spare. */
const TITLE_SPARE = 54;

interface MeshNodeProps {
  readonly node: LineageNode;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly isOwn: boolean;
  readonly columns: readonly string[];
  readonly marked: ReadonlySet<string> | undefined;
  readonly onColumn: ((id: string) => void) | undefined;
}

export function MeshNode({ node, x, y, height, isOwn, columns, marked, onColumn }: MeshNodeProps) {
  const trouble = node.kind === 'product' && node.troubledBy.length > 0;
  return (
    <div
      className={`mesh-node ${node.kind} ${isOwn ? 'own' : ''} ${trouble ? 'trouble' : ''}`}
      style={{ left: x, top: y, width: NODE_WIDTH, height }}
    >
      {node.kind === 'product' ? <ProductHead node={node} /> : <SourceHead node={node} />}
      {columns.length > 0 && (
        <ul className="mesh-columns">
          {columns.map((column) => {
            const id = columnId(node.id, column);
            const state = marked === undefined ? '' : marked.has(id) ? 'marked' : 'dim';
            return (
              <li key={column} className={state}>
                <button type="button" onClick={() => onColumn?.(id)} title={column}>
                  {column}
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function ProductHead({ node }: { readonly node: Extract<LineageNode, { kind: 'product' }> }) {
  return (
    <div className="mesh-head">
      <div className="mesh-title">
        <Link href={`${pathOf(addressOf(node.id))}/lineage`} title={node.purpose}>
          {titleOf(node.name, node.tier)}
        </Link>
        <Tag tone={node.tier}>{node.tier}</Tag>
      </div>
      <div className="mesh-state">
        {node.troubledBy.length > 0 && node.heldAt === null && node.health !== 'failing' ? (
          <span className="dot warn" title={`because of ${node.troubledBy.join(', ')}`}>
            trouble above
          </span>
        ) : (
          <HealthDot health={node.health} heldAt={node.heldAt} />
        )}
        <span className="soft numeric">
          {compactCount(node.position)}
          {node.lastRecordAt && (
            <>
              {' · '}
              <Ago at={node.lastRecordAt} />
            </>
          )}
        </span>
      </div>
    </div>
  );
}

function SourceHead({ node }: { readonly node: Extract<LineageNode, { kind: 'source' }> }) {
  return (
    <div className="mesh-head">
      <div className="mesh-title">
        <strong title={node.name}>{titleOf(node.name, node.from)}</strong>
        <Tag>{node.from}</Tag>
      </div>
      <div className="mesh-state soft">outside the mesh</div>
    </div>
  );
}

function titleOf(name: string, tag: string): string {
  return fitText(name, NODE_WIDTH - TITLE_SPARE - textWidth(tag, TAG_FONT), TITLE_FONT);
}
