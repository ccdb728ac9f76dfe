import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { meshQuery } from '../api/queries.ts';
import { count, plural } from '../base/format.ts';
import { ErrorNotice, Loading } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';
import { useTitle } from '../base/use-title.ts';
import { Facets } from './facets.tsx';
import { HitList } from './hit-list.tsx';
import { useProducts } from './use-products.ts';

export function FindPage() {
  const { data: mesh } = useQuery(meshQuery());
  const [params, change] = useUrlState();
  const [facetsOpen, setFacetsOpen] = useState(false);
  useTitle(mesh ? mesh.name : 'Products');
  const found = useProducts(params);
  const first = found.data?.pages[0];
  const products = found.data?.pages.flatMap((page) => page.products) ?? [];
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{mesh?.name ?? ' '}</h1>
          <p className="lead">{mesh?.doc ?? ' '}</p>
        </div>
      </div>
      <div className="find">
        <div className={`facets ${facetsOpen ? 'open' : ''}`}>
          {first && <Facets facets={first.facets} total={first.total} params={params} onChange={change} />}
        </div>
        <div className="stack">
          <SearchField words={params.get('q') ?? ''} onChange={(q) => change({ q })} />
          <div className="row spread small soft">
            <span role="status">{first ? wordsFor(first.total, params) : ' '}</span>
            <button
              type="button"
              className="button facets-toggle"
              aria-expanded={facetsOpen}
              onClick={() => setFacetsOpen(!facetsOpen)}
            >
              Filters
            </button>
          </div>
          {found.error && <ErrorNotice error={found.error} />}
          {first ? (
            <HitList products={products} total={first.total} found={found} words={params.get('q') ?? ''} />
          ) : (
            !found.error && <Loading rows={12} />
          )}
        </div>
      </div>
    </>
  );
}

function wordsFor(total: number, params: URLSearchParams): string {
  const filters = [...params.keys()].filter((key) => key !== 'q').length;
  const about = filters > 0 ? `, ${plural(filters, 'filter')} set` : '';
  return `${count(total)} ${total === 1 ? 'product' : 'products'}${about}`;
}

/** What is typed shows at once; the address, and so the search, follows. */
function SearchField({
  words,
  onChange,
}: {
  readonly words: string;
  readonly onChange: (words: string) => void;
}) {
  const [typed, setTyped] = useState(words);
  const told = useRef(words);
  useEffect(() => {
    // Somebody went back, or followed a link with other words.
    if (words !== told.current) setTyped(words);
    told.current = words;
  }, [words]);
  return (
    <div className="find-search">
      <input
        type="search"
        className="input"
        data-slash
        value={typed}
        placeholder="Search names, purposes, fields, owners and tags"
        aria-label="Search products"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          const next = event.currentTarget.value;
          setTyped(next);
          told.current = next.trim();
          onChange(next.trim());
        }}
      />
      {typed === '' && <kbd>/</kbd>}
    </div>
  );
}
