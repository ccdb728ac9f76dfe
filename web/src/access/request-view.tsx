import { useState } from 'react';
import type { Agreement } from '../../../src/access/agreement.ts';
import { postJson } from '../api/client.ts';
import type { ProductDocument } from '../api/documents.ts';
import { Choices } from '../base/choices.tsx';
import { ErrorNotice } from '../base/states.tsx';
import { AgreementsList } from './agreements-list.tsx';
import { useToken } from './sign-in.tsx';

const DAYS_USUAL = 90;

/** Asking for a product; who may decide sees beside it what was asked. */
export function RequestView({ product }: { readonly product: ProductDocument }) {
  const token = useToken();
  return (
    <div className="product-columns">
      <RequestForm product={product} />
      <aside className="stack">
        <Decision product={product} />
        {token !== null && <AgreementsList path={`${product._links.self.href}/agreements`} />}
      </aside>
    </div>
  );
}

/** What becomes of a request. */
function Decision({ product: { owner, contact } }: { readonly product: ProductDocument }) {
  return (
    <section className="card stack" aria-label="What becomes of it">
      <h2>What becomes of it</h2>
      <p>
        <strong>{owner}</strong> {contact && <span className="soft">({contact})</span>} answers. What is
        agreed on holds for that purpose, through those ports, and ends by itself.
      </p>
    </section>
  );
}

function RequestForm({ product }: { readonly product: ProductDocument }) {
  const [consumer, setConsumer] = useState('user:');
  const [purpose, setPurpose] = useState('');
  const [until, setUntil] = useState(() =>
    new Date(Date.now() + DAYS_USUAL * 86_400_000).toISOString().slice(0, 10),
  );
  const [ports, setPorts] = useState<readonly string[]>([]);
  const [asked, setAsked] = useState<Agreement>();
  const [error, setError] = useState<unknown>();
  const send = async () => {
    setError(undefined);
    try {
      const { body } = await postJson<Agreement>(`${product._links.self.href}/requests`, {
        consumer,
        purpose,
        until,
        ports,
      });
      setAsked(body);
    } catch (thrown) {
      setError(thrown);
    }
  };
  if (asked)
    return (
      <div className="notice good" role="status">
        <p>
          <strong>{product.owner} has been asked.</strong> The request is <code>{asked.id}</code>, for{' '}
          {asked.consumer} until {asked.until}.
        </p>
      </div>
    );
  return (
    <form
      className="card stack"
      aria-label="Ask for access"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h2>Ask for access</h2>
      <label className="field">
        Who
        <input
          className="input"
          value={consumer}
          onChange={(event) => setConsumer(event.currentTarget.value)}
          required
        />
      </label>
      <label className="field">
        What for
        <input
          className="input"
          value={purpose}
          onChange={(event) => setPurpose(event.currentTarget.value)}
          required
        />
      </label>
      <label className="field">
        Until
        <input
          type="date"
          className="input"
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          required
        />
      </label>
      <Choices
        legend="Ports, all when none is chosen"
        all={product.ports.map(({ port }) => port)}
        chosen={ports}
        onChange={setPorts}
      />
      {error !== undefined && <ErrorNotice error={error} />}
      <div>
        <button type="submit" className="button primary">
          Ask
        </button>
      </div>
    </form>
  );
}
