import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { SignInNotice } from '../access/sign-in-notice.tsx';
import { postJson } from '../api/client.ts';
import type { ProductDocument, QualityDocument } from '../api/documents.ts';
import { count } from '../base/format.ts';
import { ErrorNotice } from '../base/states.tsx';

interface GateNoticeProps {
  readonly product: ProductDocument;
  readonly quality: QualityDocument;
}

/** What the gate holds back and why, and letting it through with a reason. */
export function GateNotice({ product, quality }: GateNoticeProps) {
  if (quality.heldAt === null)
    return (
      <div className={`notice ${quality.failed > 0 ? 'bad' : 'good'}`}>
        <p>
          {product.gate
            ? `The gate is open: all of position ${count(quality.position)} has passed, and is served.`
            : 'This product has no gate: what fails its checks is published, and its owner is told.'}
        </p>
      </div>
    );
  return (
    <div className="notice bad">
      <div className="stack">
        <p>
          <strong>The gate holds position {count(quality.heldAt)} back.</strong> Every port goes on serving
          position {count(quality.position)}, the last that passed.
        </p>
        {quality.heldBy.length > 0 && (
          <p>
            Held by{' '}
            {quality.heldBy.map((id) => (
              <code key={id}>{id} </code>
            ))}
          </p>
        )}
        <ReleaseForm product={product} />
      </div>
    </div>
  );
}

function ReleaseForm({ product }: { readonly product: ProductDocument }) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const release = async () => {
    setError(undefined);
    try {
      await postJson(`${product._links.self.href}/release`, { reason });
      await client.invalidateQueries();
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void release();
      }}
    >
      <div className="row">
        <input
          className="input grow"
          aria-label="Reason for the release"
          placeholder="Why it may be published all the same"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <button type="submit" className="button" disabled={reason.trim() === ''}>
          Release
        </button>
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
      <SignInNotice error={error} />
    </form>
  );
}
