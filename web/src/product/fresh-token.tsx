import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GivenToken } from '../../../src/runtime/access/token-store.ts';
import { postJson } from '../api/client.ts';
import { openSignIn } from '../api/credentials.ts';
import { whoQuery } from '../api/queries.ts';
import { ErrorNotice } from '../base/states.tsx';

const FRESH_DAYS = 30;

interface FreshTokenProps {
  /** Whose token stands in the snippets; undefined for none. */
  readonly holder: string | undefined;
  readonly onToken: (given: { readonly text: string; readonly holder: string }) => void;
}

/** Puts a token into the snippets: that of a reader who signed in, or one made just now by those who may. */
export function FreshToken({ holder, onToken }: FreshTokenProps) {
  const { data: who } = useQuery(whoQuery());
  if (who?.kind === 'operator') return <MakeToken holder={holder} onToken={onToken} />;
  return (
    <div className="notice">
      <p>
        {who === undefined || who.kind === 'anyone' ? (
          <>
            These snippets ask as nobody in particular.{' '}
            <button type="button" className="more" onClick={openSignIn}>
              Sign in
            </button>{' '}
            to have your token in them.
          </>
        ) : (
          <>These snippets hold the token of {who.principal}: keep them to yourself.</>
        )}
      </p>
    </div>
  );
}

function MakeToken({ holder, onToken }: FreshTokenProps) {
  const [name, setName] = useState('service:');
  const [error, setError] = useState<unknown>();
  const make = async () => {
    setError(undefined);
    try {
      const { body } = await postJson<GivenToken>('/api/tokens', {
        for: name.trim(),
        expiresMs: FRESH_DAYS * 86_400_000,
      });
      onToken({ text: body.text, holder: name.trim() });
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <form
      className="card stack"
      aria-label="A token for the snippets"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <div className="row">
        <label className="row small">
          A fresh token for
          <input
            className="input narrow"
            value={name}
            required
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <button type="submit" className="button">
          Make it
        </button>
        <span className="soft small" role="status">
          {holder === undefined
            ? `It holds ${FRESH_DAYS} days, and stands in the snippets below until this page is left.`
            : `The snippets hold the token of ${holder}.`}
        </span>
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
    </form>
  );
}
