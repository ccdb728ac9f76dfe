import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { LineageDocument } from '../api/documents.ts';
import { followed } from '../api/queries.ts';
import { plural } from '../base/format.ts';
import { Loaded } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';
import { useTitle } from '../base/use-title.ts';
import { GraphView } from './graph-view.tsx';

export function LineagePage() {
  useTitle('Lineage');
  const [params, change] = useUrlState();
  const query = useQuery(followed<LineageDocument>('/api/lineage'));
  const domain = params.get('domain') ?? '';
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Lineage</h1>
          <p className="lead">What is made of what, and how trouble travels. A name leads to its columns.</p>
        </div>
        <DomainChoice document={query.data} domain={domain} onChange={(next) => change({ domain: next })} />
      </div>
      <Loaded query={query} rows={12}>
        {(document) => <Mesh document={document} domain={domain} />}
      </Loaded>
    </>
  );
}

function Mesh({ document, domain }: { readonly document: LineageDocument; readonly domain: string }) {
  const shown = useMemo(() => partOf(document, domain), [document, domain]);
  const troubled = shown.nodes.filter(
    (node) => node.kind === 'product' && (node.health === 'failing' || node.heldAt !== null),
  );
  return (
    <div className="stack">
      <div className="tall">
        <GraphView key={domain} document={shown} label="Lineage of the mesh" />
      </div>
      <p className="soft small" role="status">
        {plural(shown.nodes.filter(({ kind }) => kind === 'product').length, 'product')},{' '}
        {plural(shown.edges.length, 'connection')}.{' '}
        {troubled.length === 0
          ? 'Nothing needs attention.'
          : `${troubled.map(({ name }) => name).join(', ')} needs attention.`}
      </p>
    </div>
  );
}

/** A domain with what its products are directly connected to. */
function partOf(document: LineageDocument, domain: string): LineageDocument {
  if (domain === '') return document;
  const own = new Set(
    document.nodes.flatMap((node) => (node.kind === 'product' && node.domain === domain ? [node.id] : [])),
  );
  const edges = document.edges.filter(({ from, to }) => own.has(from) || own.has(to));
  const near = new Set([...own, ...edges.flatMap(({ from, to }) => [from, to])]);
  return { nodes: document.nodes.filter(({ id }) => near.has(id)), edges };
}

interface DomainChoiceProps {
  readonly document: LineageDocument | undefined;
  readonly domain: string;
  readonly onChange: (domain: string) => void;
}

function DomainChoice({ document, domain, onChange }: DomainChoiceProps) {
  const domains = [
    ...new Set(document?.nodes.flatMap((node) => (node.kind === 'product' ? [node.domain] : [])) ?? []),
  ].sort();
  return (
    <select
      className="input narrow"
      aria-label="Domain"
      value={domain}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="">All domains</option>
      {domains.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
