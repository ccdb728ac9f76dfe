import '../styles/dialog.css';
import { Modal } from '@mantine/core';
import { useState } from 'react';

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
