import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Agreement } from '../../../src/access/agreement.ts';
import { postJson } from '../api/client.ts';
import { addressOf, followed, pathOf } from '../api/queries.ts';
import { Cell } from '../base/cell.tsx';
import { Dot, type Tone } from '../base/parts.tsx';
import { Empty, ErrorNotice, Loading } from '../base/states.tsx';
import { Time } from '../base/time.tsx';
import { Refused } from './sign-in-notice.tsx';

const TONES: Readonly<Record<Agreement['status'], Tone>> = {
  requested: 'warn',
  approved: 'good',
  refused: 'bad',
  ended: 'none',
};

/** Requests and agreements, those that wait for an answer first. Only who may decide sees them. */
export function AgreementsList({ path }: { readonly path: string }) {
  const { data, error } = useQuery(followed<{ agreements: readonly Agreement[] }>(path));
  if (error) return <Refused error={error} title="Requests are seen by those who answer them." />;
  if (!data) return <Loading rows={4} />;
  if (data.agreements.length === 0)
    return (
      <div className="card">
        <Empty title="Nobody has asked for access yet." />
      </div>
    );
  const waiting = (agreement: Agreement) => Number(agreement.status !== 'requested');
  return (
    <div className="stack">
      {data.agreements
        .toSorted((a, b) => waiting(a) - waiting(b))
        .map((agreement) => (
          <AgreementCard key={agreement.id} agreement={agreement} />
        ))}
    </div>
  );
}

function AgreementCard({ agreement }: { readonly agreement: Agreement }) {
  const { status, product, consumer, purpose, ports, fields, until, reason } = agreement;
  return (
    <article className="card stack" aria-label={`${consumer} for ${product}`}>
      <div className="row">
        <Dot tone={TONES[status]}>{status}</Dot>
        <strong>
          <Cell value={consumer} />
        </strong>
        <span className="soft">for</span>
        <Link href={pathOf(addressOf(product))}>{product}</Link>
        <span className="push soft small">
          asked <Time at={agreement.requested_at} />
        </span>
      </div>
      <p>
        <Cell value={purpose} />
      </p>
      <dl className="facts">
        <dt>Ports</dt>
        <dd>{ports.length === 0 ? 'all' : ports.join(', ')}</dd>
        <dt>Fields</dt>
        <dd>{fields.length === 0 ? 'all' : fields.join(', ')}</dd>
        <dt>Until</dt>
        <dd>{until}</dd>
        {reason !== null && (
          <>
            <dt>Reason</dt>
            <dd>
              <Cell value={reason} />
            </dd>
          </>
        )}
      </dl>
      {(status === 'requested' || status === 'approved') && <Decide agreement={agreement} />}
    </article>
  );
}

function Decide({ agreement }: { readonly agreement: Agreement }) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const decide = async (decision: 'approve' | 'refuse' | 'end') => {
    setError(undefined);
    const body = reason.trim() === '' ? {} : { reason: reason.trim() };
    try {
      await postJson(
        `${pathOf(addressOf(agreement.product))}/agreements/${encodeURIComponent(agreement.id)}/${decision}`,
        body,
      );
      await client.invalidateQueries();
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <div className="stack">
      <div className="row">
        <input
          className="input grow"
          aria-label="Reason"
          placeholder="Reason, to refuse or end"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {agreement.status === 'requested' ? (
          <>
            <button type="button" className="button primary" onClick={() => void decide('approve')}>
              Approve
            </button>
            <button
              type="button"
              className="button danger"
              disabled={reason.trim() === ''}
              onClick={() => void decide('refuse')}
            >
              Refuse
            </button>
          </>
        ) : (
          <button
            type="button"
            className="button danger"
            disabled={reason.trim() === ''}
            onClick={() => void decide('end')}
          >
            End
          </button>
        )}
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
    </div>
  );
}
