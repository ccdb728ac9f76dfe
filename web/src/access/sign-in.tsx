import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { keepToken, onTokenChange, readToken } from '../api/credentials.ts';

const OPEN_EVENT = 'wharf-sign-in';

export function openSignIn(): void {
  window.dispatchEvent(new Event(OPEN_EVENT));
}

export function useToken(): string | null {
  return useSyncExternalStore(onTokenChange, readToken);
}

/** The button in the head of each page, and its dialog. */
export function SignIn() {
  const token = useToken();
  const [isOpen, setOpen] = useState(false);
  const client = useQueryClient();
  useEffect(() => {
    const open = () => setOpen(true);
    window.addEventListener(OPEN_EVENT, open);
    return () => window.removeEventListener(OPEN_EVENT, open);
  }, []);
  const change = (next: string | null) => {
    keepToken(next);
    setOpen(false);
    void client.resetQueries();
  };
  return (
    <>
      <button type="button" className="button quiet" onClick={() => (token ? change(null) : setOpen(true))}>
        {token ? 'Sign out' : 'Sign in'}
      </button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Sign in" lockScroll={false} centered>
        <TokenForm onToken={change} />
      </Modal>
    </>
  );
}

function TokenForm({ onToken }: { readonly onToken: (token: string) => void }) {
  const [typed, setTyped] = useState('');
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== '') onToken(typed.trim());
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
      <p className="soft small">It is kept in this tab until it is closed, and sent to this server only.</p>
      <button type="submit" className="button primary">
        Sign in
      </button>
    </form>
  );
}
