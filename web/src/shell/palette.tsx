/** The command palette: pages and products from anywhere, by `/` or Ctrl-K. */
import './palette.css';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { ProductCard } from '../../../src/runtime/http/product-card.ts';
import { getJson } from '../api/client.ts';
import { PLACES } from './places.ts';

const PRODUCTS_MAX = 8;
const LIST_ID = 'palette-actions';
const [store, controls] = createSpotlight();

/** `asked` counts how often it was asked for. */
export function Palette({ asked }: { readonly asked: number }) {
  const [words, setWords] = useState('');
  const [, navigate] = useLocation();
  useEffect(() => {
    if (asked > 0) controls.open();
  }, [asked]);
  const { data } = useQuery({
    queryKey: ['palette', words],
    queryFn: ({ signal }) =>
      getJson<{ products: ProductCard[] }>(
        `/api/products?limit=${PRODUCTS_MAX}&q=${encodeURIComponent(words)}`,
        signal,
      ),
    enabled: words.trim() !== '',
    placeholderData: keepPreviousData,
  });
  const wanted = words.trim().toLowerCase();
  const places = PLACES.filter(({ label }) => label.toLowerCase().includes(wanted));
  const products = wanted === '' ? [] : (data?.products ?? []);
  useFirstSelected([...places.map(({ href }) => href), ...products.map(({ id }) => id)].join(' '), wanted);
  return (
    <Spotlight.Root
      store={store}
      query={words}
      onQueryChange={setWords}
      shortcut={null}
      lockScroll={false}
      scrollable
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder="Search products, or go to a page"
        aria-label="Search products, or go to a page"
      />
      <Spotlight.ActionsList id={LIST_ID}>
        {places.map(({ href, label, about }) => (
          <Spotlight.Action key={href} label={label} description={about} onClick={() => navigate(href)} />
        ))}
        {products.map((product) => (
          <Spotlight.Action
            key={product.id}
            label={product.name}
            description={product.purpose}
            onClick={() => navigate(product._links.self.href)}
          />
        ))}
        {places.length + products.length === 0 && <Spotlight.Empty>Nothing found.</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Enter leads to the first of what was found, whenever that came: products come after the places. */
function useFirstSelected(shown: string, wanted: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: something else is shown
  useEffect(() => {
    if (wanted === '') return;
    const [first, ...others] = document.querySelectorAll(`#${LIST_ID} [data-action]`);
    for (const other of others) other.removeAttribute('data-selected');
    first?.setAttribute('data-selected', 'true');
    store.updateState((state) => ({ ...state, selected: 0 }));
  }, [shown, wanted]);
}
