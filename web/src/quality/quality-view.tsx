import { useQuery } from '@tanstack/react-query';
import type { ProductDocument, QualityDocument, SloDocument } from '../api/documents.ts';
import { followed } from '../api/queries.ts';
import { count, share } from '../base/format.ts';
import { Dot, Meter, Tag, type Tone } from '../base/parts.tsx';
import { Empty, Loaded } from '../base/states.tsx';
import { PromiseStrip } from '../product/promise-strip.tsx';
import { CheckCard } from './check-card.tsx';
import { GateNotice } from './gate-notice.tsx';

export function QualityView({ product }: { readonly product: ProductDocument }) {
  const quality = useQuery(followed<QualityDocument>(product._links.quality.href));
  const slo = useQuery(followed<SloDocument>(product._links.slo.href));
  return (
    <div className="stack">
      <PromiseStrip product={product} />
      <Loaded query={quality}>
        {(found) => (
          <>
            <GateNotice product={product} quality={found} />
            <section className="card flush" aria-label="Checks">
              <div className="card-head row spread">
                <h2>Checks</h2>
                <span className="soft small">worst first, at position {count(found.position)}</span>
              </div>
              {found.checks.length === 0 ? (
                <Empty title="No checks are declared.">Declare them in the spec, under checks.</Empty>
              ) : (
                found.checks.map((check) => <CheckCard key={check.id} product={product} check={check} />)
              )}
            </section>
          </>
        )}
      </Loaded>
      <Loaded query={slo} rows={3}>
        {(found) => <SloCard slo={found} />}
      </Loaded>
    </div>
  );
}

function SloCard({ slo }: { readonly slo: SloDocument }) {
  const latencies = Object.entries(slo.latency);
  return (
    <section className="card stack" aria-label="Service levels">
      <div className="row spread">
        <h2>Service levels over {slo.window}</h2>
        <TierMark slo={slo} />
      </div>
      <div className="table-frame">
        <table className="table middle">
          <thead>
            <tr>
              <th>Objective</th>
              <th className="end">Good</th>
              <th className="end">Of</th>
              <th className="end">Measured</th>
              <th>Error budget left</th>
              <th className="end">Burn, 1 h</th>
              <th className="end">Burn, 6 h</th>
            </tr>
          </thead>
          <tbody>
            {slo.objectives.map((report) => (
              <tr key={report.objective}>
                <td>
                  <Dot tone={toneOf(report.met)}>{report.objective}</Dot>
                </td>
                <td className="end">{count(report.good)}</td>
                <td className="end">{count(report.total)}</td>
                <td className="end">{report.measured === null ? 'not yet' : share(report.measured)}</td>
                <td className="budget">
                  {report.budgetLeft === null ? (
                    <span className="soft">none is counted</span>
                  ) : (
                    <span className="row">
                      <Meter
                        share={report.budgetLeft}
                        tone={budgetTone(report.budgetLeft)}
                        label={`Error budget of ${report.objective}`}
                      />
                      <span className="numeric">{budgetText(report.budgetLeft)}</span>
                    </span>
                  )}
                </td>
                <td className="end">{burnText(report.burn['1h'])}</td>
                <td className="end">{burnText(report.burn['6h'])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {latencies.length > 0 && (
        <p className="soft small">
          {latencies
            .map(
              ([port, { requests, p50, p99 }]) =>
                `${port}: ${count(requests)} answers, half within ${msText(p50)}, 99 % within ${msText(p99)}`,
            )
            .join(' · ')}
        </p>
      )}
    </section>
  );
}

function TierMark({ slo }: { readonly slo: SloDocument }) {
  const { declared, earned, validRequired } = slo.tier;
  if (earned === null) return <Tag tone={declared}>{declared}, not measured yet</Tag>;
  if (earned) return <Tag tone={declared}>{declared}, earned</Tag>;
  return <Tag tone="bad">{`${declared} is not earned: it needs ${share(validRequired)} valid`}</Tag>;
}

function toneOf(met: boolean | null): Tone {
  return met === null ? 'none' : met ? 'good' : 'bad';
}

function budgetTone(left: number): Tone {
  if (left <= 0) return 'bad';
  return left < 0.25 ? 'warn' : 'good';
}

function budgetText(left: number): string {
  return left < -9.99 ? 'far overspent' : share(left);
}

/** 1: the budget lasts exactly as long as the window. */
function burnText(rate: number | null | undefined): string {
  if (rate === null || rate === undefined) return '';
  return rate > 1_000 ? '> 1,000 ×' : `${Math.round(rate * 100) / 100} ×`;
}

function msText(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '?' : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
