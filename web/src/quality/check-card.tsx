import { useQuery } from '@tanstack/react-query';
import type { PastResult } from '../../../src/runtime/quality/check-history.ts';
import type { ProductDocument, QualityDocument } from '../api/documents.ts';
import { followed } from '../api/queries.ts';
import { Cell } from '../base/cell.tsx';
import { count } from '../base/format.ts';
import { Dot, type Tone } from '../base/parts.tsx';
import { Ago, Time } from '../base/time.tsx';
import { useUrlState } from '../base/url-state.ts';

type Check = QualityDocument['checks'][number];

const HISTORY_MAX = 50;

export function CheckCard({ product, check }: { readonly product: ProductDocument; readonly check: Check }) {
  const [params, change] = useUrlState();
  const isOpen = params.get('check') === check.id;
  return (
    <article className="check">
      <div className="check-state">
        <Dot tone={toneOf(check)}>{check.status}</Dot>
      </div>
      <div className="stack tight">
        <div>
          <strong>
            <Cell value={check.doc} />
          </strong>
          <div className="soft small">
            <code>{check.id}</code> · {check.severity} · {check.threshold}
            {check.declared ? '' : ' · follows from the fields'}
          </div>
        </div>
        <div className={check.status === 'passed' ? 'soft' : ''}>
          <Cell value={check.message} />
        </div>
        {check.samples.length > 0 && (
          <ul className="plain samples" aria-label="Failing rows">
            {check.samples.map((sample) => (
              <li key={sample} className="mono small">
                <Cell value={sample} />
              </li>
            ))}
          </ul>
        )}
        {isOpen && <History product={product} check={check.id} />}
      </div>
      <div className="check-end small soft">
        {check.checkedAt !== null && <Ago at={check.checkedAt} />}
        {check.position !== null && <span className="numeric">position {count(check.position)}</span>}
        <button
          type="button"
          className="more"
          aria-expanded={isOpen}
          onClick={() => change({ check: isOpen ? undefined : check.id })}
        >
          {isOpen ? 'Hide history' : 'History'}
        </button>
      </div>
    </article>
  );
}

function History({ product, check }: { readonly product: ProductDocument; readonly check: string }) {
  const path = `${product._links.quality.href}/${encodeURIComponent(check)}?limit=${HISTORY_MAX}`;
  const { data } = useQuery(followed<{ results: readonly PastResult[] }>(path));
  if (!data) return <div className="bone" />;
  if (data.results.length === 0) return <p className="soft small">Nothing has been written down yet.</p>;
  return (
    <ol className="timeline" aria-label={`History of ${check}`}>
      {data.results.map((result) => (
        <li key={`${result.at} ${result.position}`}>
          <Dot tone={result.status === 'passed' ? 'good' : result.status === 'released' ? 'warn' : 'bad'}>
            {result.status}
          </Dot>
          <Time at={result.at} />
          <span className="numeric soft">position {count(result.position)}</span>
          <span className="soft">
            <Cell value={result.message} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function toneOf({ status, severity }: Check): Tone {
  if (status === 'passed') return 'good';
  if (status === 'waiting') return 'none';
  return severity === 'warning' ? 'warn' : 'bad';
}
