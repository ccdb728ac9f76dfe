import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { ProductDocument, QualityDocument, SloDocument } from '../api/documents.ts';
import { followed } from '../api/queries.ts';
import { plural, span } from '../base/format.ts';

interface Limit {
  readonly text: string;
  readonly href?: string;
}

/** What somebody should know before they build on it: read from what is declared and measured, so that it is never out of date. */
export function LimitsCard({ product }: { readonly product: ProductDocument }) {
  const { _links: links } = product;
  const { data: slo } = useQuery(followed<SloDocument>(links.slo.href));
  const { data: quality } = useQuery(followed<QualityDocument>(links.quality.href));
  const { data: rejects } = useQuery(followed<{ total: number }>(`${links.rejects.href}?limit=1`));
  const limits = [
    ...declaredLimits(product),
    ...promiseLimits(slo),
    ...measuredLimits(product, quality, rejects?.total ?? 0),
  ];
  if (limits.length === 0) return null;
  return (
    <section className="card stack" aria-label="Known limits">
      <h3>Known limits</h3>
      <ul className="plain limits">
        {limits.map(({ text, href }) => (
          <li key={text}>{href === undefined ? text : <Link href={href}>{text}</Link>}</li>
        ))}
      </ul>
    </section>
  );
}

function declaredLimits({ status, historyMs, datasets, tier }: ProductDocument): Limit[] {
  const ended = datasets.flatMap(({ fields }) =>
    fields.filter((field) => field.deprecated !== undefined).map(({ name }) => name),
  );
  return [
    ...(status === 'active' ? [] : [{ text: `It is ${status}.` }]),
    ...(tier === 'bronze' ? [{ text: 'Bronze: as it comes, little is checked.' }] : []),
    ...(historyMs === null ? [] : [{ text: `Earlier positions can be read at for ${span(historyMs)}.` }]),
    ...(ended.length === 0 ? [] : [{ text: `Will go away: ${ended.join(', ')}.` }]),
  ];
}

function promiseLimits(slo: SloDocument | undefined): Limit[] {
  const missing = slo?.objectives.filter(({ promised }) => promised === null) ?? [];
  const names = missing
    .map(({ objective }) => objective)
    .filter((name) => ['freshness', 'completeness', 'availability'].includes(name));
  return names.length === 0 ? [] : [{ text: `Nothing is promised of ${names.join(', ')}.` }];
}

function measuredLimits(
  { _links }: ProductDocument,
  quality: QualityDocument | undefined,
  rejects: number,
): Limit[] {
  const base = _links.self.href;
  const failing = (quality?.failed ?? 0) + (quality?.warnings ?? 0);
  return [
    ...(failing === 0
      ? []
      : [{ text: `${plural(failing, 'check')} not passing now`, href: `${base}/quality` }]),
    ...(rejects === 0
      ? []
      : [{ text: `${plural(rejects, 'record')} set aside and not in it`, href: `${base}/rejects` }]),
  ];
}
