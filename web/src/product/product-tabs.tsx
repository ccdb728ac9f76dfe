import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { ProductDocument } from '../../../src/runtime/http/product-document.ts';
import { followed } from '../api/queries.ts';
import { compactCount } from '../base/format.ts';

export type ProductView =
  | 'overview'
  | 'rows'
  | 'chart'
  | 'live'
  | 'use'
  | 'lineage'
  | 'quality'
  | 'rejects'
  | 'access';

interface TabsProps {
  readonly product: ProductDocument;
  readonly shown: ProductView;
}

export function ProductTabs({ product, shown }: TabsProps) {
  const { _links: links } = product;
  const { data: rejects } = useQuery(followed<{ total: number }>(`${links.rejects.href}?limit=1`));
  const bar = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is shown
  useEffect(() => {
    const tab = bar.current?.querySelector<HTMLElement>('[aria-current]');
    if (bar.current && tab) bar.current.scrollLeft = tab.offsetLeft - bar.current.clientWidth / 2;
  }, [shown]);
  const base = links.self.href;
  const tabs: readonly (readonly [ProductView, string, string, boolean])[] = [
    ['overview', 'Overview', base, true],
    ['rows', 'Rows', `${base}?view=rows`, links.rows !== undefined],
    ['chart', 'Chart', `${base}/chart`, links.chart !== undefined],
    ['live', 'Live', `${base}?view=live`, links.stream !== undefined],
    ['use', 'Use it', `${base}?view=use`, true],
    ['lineage', 'Lineage', `${base}/lineage`, true],
    ['quality', 'Quality', `${base}/quality`, true],
    ['rejects', 'Rejects', `${base}/rejects`, true],
    ['access', 'Access', `${base}?view=access`, true],
  ];
  return (
    <nav className="tabs" ref={bar} aria-label={`About ${product.name}`}>
      {tabs.map(([view, label, href, isThere]) =>
        isThere ? (
          <Link key={view} href={href} aria-current={view === shown ? 'page' : undefined}>
            {label}
            {view === 'rejects' && rejects && rejects.total > 0 && (
              <span className="count">{compactCount(rejects.total)}</span>
            )}
          </Link>
        ) : null,
      )}
    </nav>
  );
}
