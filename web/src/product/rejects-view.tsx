import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RejectRecord } from '../../../src/runtime/rejects/reject-record.ts';
import { SignInNotice } from '../access/sign-in-notice.tsx';
import { postJson } from '../api/client.ts';
import type { ProductDocument } from '../api/documents.ts';
import { followed } from '../api/queries.ts';
import { Cell } from '../base/cell.tsx';
import { plural } from '../base/format.ts';
import { Tag } from '../base/parts.tsx';
import { Empty, ErrorNotice, Loaded } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';

interface RejectsDocument {
  readonly total: number;
  readonly rejects: readonly RejectRecord[];
}

const STATUSES = ['open', 'replayed', 'discarded', 'all'] as const;
const SHOWN_MAX = 100;

export function RejectsView({ product }: { readonly product: ProductDocument }) {
  const [params, change] = useUrlState();
  const status = params.get('status') ?? 'open';
  const path = `${product._links.rejects.href}?status=${encodeURIComponent(status)}&limit=${SHOWN_MAX}`;
  const query = useQuery(followed<RejectsDocument>(path));
  return (
    <div className="stack">
      <div className="row spread">
        <fieldset className="segments" aria-label="Which rejects">
          {STATUSES.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === status}
              onClick={() => change({ status: each === 'open' ? undefined : each })}
            >
              {each}
            </button>
          ))}
        </fieldset>
        <span className="soft small">
          Records that broke their contract are set aside here; nothing is dropped.
        </span>
      </div>
      <Loaded query={query}>
        {({ rejects, total }) =>
          rejects.length === 0 ? (
            <div className="card">
              <Empty title={status === 'open' ? 'No record waits to be fixed.' : 'There is none.'} />
            </div>
          ) : (
            <>
              {rejects.map((reject) => (
                <RejectCard key={reject.id} reject={reject} product={product} />
              ))}
              {total > rejects.length && (
                <p className="soft">The newest of {plural(total, 'reject')} are shown.</p>
              )}
            </>
          )
        }
      </Loaded>
    </div>
  );
}

function RejectCard({
  reject,
  product,
}: {
  readonly reject: RejectRecord;
  readonly product: ProductDocument;
}) {
  const [text, setText] = useState(reject.document);
  const { send, error, isSending } = useReplay(product, reject.id);
  const isOpen = reject.status === 'open';
  return (
    <article className="card stack" aria-label={`Reject ${reject.id}`}>
      <div className="row small">
        <Tag tone={isOpen ? 'bad' : 'good'}>{reject.status}</Tag>
        <code>{reject.id}</code>
        <span className="soft">
          <Cell value={`${reject.input} ${reject.file}${reject.line > 0 ? `:${reject.line}` : ''}`} />
        </span>
        <span className="push soft">{reject.stage}</span>
      </div>
      <ul className="plain">
        {reject.reasons.map((reason) => (
          <li key={`${reason.pointer} ${reason.code}`}>
            <code>{reason.pointer}</code> <Cell value={reason.message} />{' '}
            <span className="soft small mono">{reason.code}</span>
          </li>
        ))}
      </ul>
      <textarea
        className="input"
        aria-label="The record, to be corrected"
        rows={Math.min(8, Math.max(2, Math.ceil(text.length / 110)))}
        value={text}
        readOnly={!isOpen}
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {error !== undefined && <ErrorNotice error={error} />}
      <SignInNotice error={error} />
      {isOpen && (
        <div className="row">
          <button
            type="button"
            className="button primary"
            disabled={isSending}
            onClick={() => void send('replay', text)}
          >
            Replay
          </button>
          <button
            type="button"
            className="button danger"
            disabled={isSending}
            onClick={() => void send('discard', undefined)}
          >
            Discard
          </button>
        </div>
      )}
    </article>
  );
}

function useReplay(product: ProductDocument, id: string) {
  const client = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [isSending, setSending] = useState(false);
  const send = async (action: 'replay' | 'discard', document: string | undefined) => {
    setSending(true);
    setError(undefined);
    try {
      await postJson(
        `${product._links.rejects.href}/${encodeURIComponent(id)}/${action}`,
        document === undefined ? {} : { document },
      );
      await client.invalidateQueries();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setSending(false);
    }
  };
  return { send, error, isSending };
}
