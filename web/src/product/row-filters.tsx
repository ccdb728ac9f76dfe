import { useState } from 'react';
import type { ProductDocument } from '../api/documents.ts';
import type { Changes } from '../base/url-state.ts';

type DatasetDocument = ProductDocument['datasets'][number];

const COMPARISONS = [
  ['eq', '='],
  ['neq', '≠'],
  ['gt', '>'],
  ['gte', '≥'],
  ['lt', '<'],
  ['lte', '≤'],
  ['ilike', 'is like'],
  ['is', 'is'],
] as const;

interface RowFiltersProps {
  readonly product: ProductDocument;
  readonly dataset: DatasetDocument;
  readonly params: URLSearchParams;
  readonly onChange: (changes: Changes) => void;
}

/** Filters as the address has them, which is as the REST port has them: `delay=gt.15`. */
export function RowFilters({ product, dataset, params, onChange }: RowFiltersProps) {
  const names = dataset.fields.map(({ name }) => name);
  const [field, setField] = useState(names[0] ?? '');
  const [comparison, setComparison] = useState('eq');
  const [value, setValue] = useState('');
  const add = () => {
    const text = comparison === 'ilike' && !value.includes('%') ? `%${value}%` : value;
    onChange({ [field]: [...params.getAll(field), `${comparison}.${text}`] });
    setValue('');
  };
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      {product.datasets.length > 1 && (
        <select
          className="input narrow"
          aria-label="Dataset"
          value={dataset.name}
          onChange={(event) => onChange({ dataset: event.currentTarget.value })}
        >
          {product.datasets.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      <select
        className="input narrow"
        aria-label="Field"
        value={field}
        onChange={(event) => setField(event.currentTarget.value)}
      >
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <select
        className="input narrow"
        aria-label="Comparison"
        value={comparison}
        onChange={(event) => setComparison(event.currentTarget.value)}
      >
        {COMPARISONS.map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
      <input
        className="input narrow"
        aria-label="Value"
        placeholder={comparison === 'is' ? 'null' : 'value'}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <button type="submit" className="button">
        Filter
      </button>
      <FilterChips dataset={dataset} params={params} onChange={onChange} />
    </form>
  );
}

/** The filters that are set, each of which can be taken away. */
export function FilterChips({ dataset, params, onChange }: Omit<RowFiltersProps, 'product'>) {
  const set = dataset.fields.flatMap(({ name }) => params.getAll(name).map((text) => [name, text] as const));
  return set.map(([name, text]) => (
    <button
      key={`${name} ${text}`}
      type="button"
      className="tag accent chip"
      aria-label={`Remove the filter ${name} ${text}`}
      onClick={() => onChange({ [name]: params.getAll(name).filter((other) => other !== text) })}
    >
      {name} {text.replace('.', ' ')} ×
    </button>
  ));
}
