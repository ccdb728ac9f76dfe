import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { ProductCard } from '../../../src/runtime/http/product-card.ts';
import { count, plural } from '../base/format.ts';
import { Dot, HealthDot, Tag } from '../base/parts.tsx';
import { Empty } from '../base/states.tsx';
import { Ago } from '../base/time.tsx';
import { Highlighted } from './highlighted.tsx';

const HIT_HEIGHT = 101;
const AHEAD = 10;

interface HitListProps {
  readonly products: readonly ProductCard[];
  readonly total: number;
  readonly found: UseInfiniteQueryResult;
  readonly words: string;
}

/** Only what can be seen is drawn, however many there are. */
export function HitList({ products, total, found, words }: HitListProps) {
  const list = useRef<HTMLUListElement>(null);
  const rows = useWindowVirtualizer({
    count: products.length,
    estimateSize: () => HIT_HEIGHT,
    overscan: AHEAD,
    scrollMargin: list.current?.offsetTop ?? 0,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetching, fetchNextPage } = found;
  useEffect(() => {
    if (last >= products.length - AHEAD && hasNextPage && !isFetching) void fetchNextPage();
  }, [last, products.length, hasNextPage, isFetching, fetchNextPage]);
  if (total === 0)
    return (
      <div className="card">
        <Empty title="No product matches.">Try fewer words or filters.</Empty>
      </div>
    );
  return (
    <ul
      className="hits"
      ref={list}
      style={{ height: rows.getTotalSize(), margin: 0, padding: 0, listStyle: 'none' }}
    >
      {items.map(({ index, key, start }) => {
        const product = products[index];
        if (!product) return null;
        return (
          <li
            key={key}
            data-index={index}
            ref={rows.measureElement}
            style={{
              position: 'absolute',
              insetInline: 0,
              top: 0,
              transform: `translateY(${start - rows.options.scrollMargin}px)`,
            }}
          >
            <Hit product={product} words={words} />
          </li>
        );
      })}
    </ul>
  );
}

/** Drawn once, however often the list moves. */
const Hit = memo(({ product, words }: { readonly product: ProductCard; readonly words: string }) => {
  const { name, tier, alignment, status, owner, purpose, matched } = product;
  return (
    <Link href={product._links.self.href} className="hit">
      <span className="hit-name">
        <Highlighted text={name} words={words} />
      </span>
      <span className="hit-purpose">
        <Highlighted text={purpose} words={words} />
      </span>
      <span className="hit-meta">
        <Tag tone={tier}>{tier}</Tag>
        <Tag>{alignment}</Tag>
        {status !== 'active' && <Tag tone="warn">{status}</Tag>}
        <span>{owner}</span>
        {matched.length > 0 ? (
          <span className="mono">fields {matched.slice(0, 4).join(', ')}</span>
        ) : (
          <span>{product.ports.join(' · ')}</span>
        )}
      </span>
      <span className="hit-end">
        <HealthDot health={product.health} heldAt={product.heldAt} />
        <PromiseMark product={product} />
        <span className="soft numeric">
          {count(product.position)} records
          {product.lastRecordAt && (
            <>
              {' '}
              · <Ago at={product.lastRecordAt} />
            </>
          )}
        </span>
      </span>
    </Link>
  );
});

function PromiseMark({ product }: { readonly product: ProductCard }) {
  const { promises, checks } = product;
  if (promises.broken > 0) return <Dot tone="bad">{plural(promises.broken, 'promise')} broken</Dot>;
  if (checks.failed > 0) return <Dot tone="bad">{plural(checks.failed, 'check')} failing</Dot>;
  if (promises.made === 0 && checks.total === 0) return <span className="soft">promises nothing</span>;
  const parts = [
    promises.kept > 0 && `${plural(promises.kept, 'promise')} kept`,
    checks.total > 0 && `${checks.passed}/${checks.total} checks`,
  ].filter(Boolean);
  return <span className="soft">{parts.join(', ') || 'not measured yet'}</span>;
}
