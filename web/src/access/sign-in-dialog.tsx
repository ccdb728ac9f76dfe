import '../styles/dialog.css';
import { Modal } from '@mantine/core';
import { useState } from 'react';
import type { WhoDocument } from '../../../src/runtime/access/who-route.ts';
import { call } from '../api/client.ts';
import { ErrorNotice } from '../base/states.tsx';

interface SignInDialogProps {
  readonly onClose: () => void;
  readonly onToken: (token: string) => void;
}

export function SignInDialog({ onClose, onToken }: SignInDialogProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title="Sign in"
      lockScroll={false}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <TokenForm onToken={onToken} />
    </Modal>
  );
}

/** Whom the token is of is asked before it is kept: a wrong one would be refused on every page. */
function TokenForm({ onToken }: { readonly onToken: (token: string) => void }) {
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<unknown>();
  const signIn = async () => {
    const token = typed.trim();
    if (token === '') return;
    setError(undefined);
    try {
      await call<WhoDocument>('/api/me', { headers: { Authorization: `Bearer ${token}` } });
      onToken(token);
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void signIn();
      }}
    >
      <label className="field">
        Token
        <input
          type="password"
          className="input"
          autoComplete="off"
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      {error !== undefined && <ErrorNotice error={error} />}
      <p className="soft small">It is kept in this tab until it is closed, and sent to this server only.</p>
      <button type="submit" className="button primary">
        Sign in
      </button>
    </form>
  );
}
