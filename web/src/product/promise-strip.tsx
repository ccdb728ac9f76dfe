/** What is promised beside what is measured, at a glance. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ProductDocument } from '../../../src/runtime/http/product-document.ts';
import type { QualityDocument, SloDocument } from '../api/documents.ts';
import { followed } from '../api/queries.ts';
import { count, share, span } from '../base/format.ts';
import { Dot, Meter, type Tone } from '../base/parts.tsx';

export function PromiseStrip({ product }: { readonly product: ProductDocument }) {
  const { _links: links } = product;
  const { data: slo } = useQuery(followed<SloDocument>(links.slo.href));
  const { data: quality } = useQuery(followed<QualityDocument>(links.quality.href));
  return (
    <section className="strip" aria-label="Promises and measurements">
      <PositionFact product={product} quality={quality} />
      {(['freshness', 'completeness', 'availability'] as const).map((objective) => (
        <ObjectiveFact key={objective} objective={objective} slo={slo} />
      ))}
      <ChecksFact quality={quality} href={`${links.self.href}/quality`} />
    </section>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: ReactNode;
  readonly note: ReactNode;
  readonly tone: Tone;
  readonly state: string;
  readonly share?: number | null;
}

function Fact({ name, value, note, tone, state, share: filled }: FactProps) {
  return (
    <div className="fact">
      <div className="row spread small">
        <span className="soft">{name}</span>
        <Dot tone={tone}>{state}</Dot>
      </div>
      <strong className="numeric">{value}</strong>
      {filled !== undefined && filled !== null && (
        <Meter share={filled} tone={tone} label={`${name}: ${share(filled)}`} />
      )}
      <span className="soft small">{note}</span>
    </div>
  );
}

function PositionFact({
  product,
  quality,
}: {
  readonly product: ProductDocument;
  readonly quality: QualityDocument | undefined;
}) {
  const held = quality?.heldAt ?? null;
  return (
    <Fact
      name="Published"
      value={`position ${count(product.position)}`}
      note={held === null ? 'what every port answers at' : `${count(held)} is held back by its checks`}
      tone={held === null ? 'good' : 'bad'}
      state={held === null ? 'in step' : 'held'}
    />
  );
}

function ObjectiveFact({
  objective,
  slo,
}: {
  readonly objective: string;
  readonly slo: SloDocument | undefined;
}) {
  const name = `${objective.charAt(0).toUpperCase()}${objective.slice(1)}`;
  const report = slo?.objectives.find((each) => each.objective === objective);
  if (!slo || !report) return <Fact name={name} value="…" note="…" tone="none" state="measuring" />;
  const { promised, measured, met, budgetLeft } = report;
  const isAge = objective === 'freshness';
  const now = isAge
    ? slo.ageMs === null
      ? null
      : `${span(slo.ageMs)} old`
    : measured === null
      ? null
      : share(measured);
  const promise =
    promised === null
      ? 'nothing promised'
      : isAge
        ? `promised: at most ${span(promised)}`
        : `promised: ${share(promised)}`;
  return (
    <Fact
      name={name}
      value={now ?? 'not measured yet'}
      note={promise}
      tone={met === null ? 'none' : met ? 'good' : 'bad'}
      state={met === null ? 'not known' : met ? 'kept' : 'broken'}
      share={isAge && promised !== null && slo.ageMs !== null ? 1 - slo.ageMs / promised : budgetLeft}
    />
  );
}

function ChecksFact({
  quality,
  href,
}: {
  readonly quality: QualityDocument | undefined;
  readonly href: string;
}) {
  if (!quality) return <Fact name="Checks" value="…" note="…" tone="none" state="measuring" />;
  const { passed, failed, warnings, checks } = quality;
  const tone: Tone = failed > 0 ? 'bad' : warnings > 0 ? 'warn' : checks.length > 0 ? 'good' : 'none';
  const state = { bad: 'failing', warn: 'warning', good: 'passing', none: 'none' }[tone];
  return (
    <Fact
      name="Checks"
      value={checks.length === 0 ? 'none declared' : `${passed} of ${checks.length} pass`}
      note={<Link href={href}>History and samples</Link>}
      tone={tone}
      state={state}
    />
  );
}
