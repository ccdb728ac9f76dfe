import type { ProductFacets } from '../../../src/catalog/product-search.ts';
import { Choices } from '../base/choices.tsx';
import type { Changes } from '../base/url-state.ts';
import { PRODUCT_FILTER_NAMES } from './filter-names.ts';

const VALUES_MAX = 12;

interface FacetsProps {
  readonly facets: ProductFacets;
  /** Products that were found. */
  readonly total: number;
  readonly params: URLSearchParams;
  readonly onChange: (changes: Changes) => void;
}

export function Facets({ facets, total, params, onChange }: FacetsProps) {
  const isSet = PRODUCT_FILTER_NAMES.some((filter) => params.has(filter));
  return (
    <>
      {PRODUCT_FILTER_NAMES.map((filter) => (
        <Facet
          key={filter}
          filter={filter}
          counts={facets[filter]}
          total={total}
          chosen={params.getAll(filter)}
          onChange={(values) => onChange({ [filter]: values })}
        />
      ))}
      {isSet && (
        <button
          type="button"
          className="button quiet"
          onClick={() =>
            onChange(Object.fromEntries(PRODUCT_FILTER_NAMES.map((filter) => [filter, undefined])))
          }
        >
          Clear filters
        </button>
      )}
    </>
  );
}

interface FacetProps {
  readonly filter: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
  readonly chosen: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

function Facet({ filter, counts, total, chosen, onChange }: FacetProps) {
  const values = [...new Set([...Object.keys(counts), ...chosen])];
  // What all of them have leaves no choice.
  if (chosen.length === 0 && values.every((value) => values.length < 2 && counts[value] === total))
    return null;
  const shown = values
    .sort(
      (a, b) =>
        Number(chosen.includes(b)) - Number(chosen.includes(a)) || (counts[b] ?? 0) - (counts[a] ?? 0),
    )
    .slice(0, VALUES_MAX)
    .sort();
  return <Choices legend={filter} all={shown} chosen={chosen} counts={counts} onChange={onChange} />;
}
