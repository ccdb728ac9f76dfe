import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { keepToken, onTokenChange, readToken } from '../api/credentials.ts';

const SignInDialog = lazy(async () => ({ default: (await import('./sign-in-dialog.tsx')).SignInDialog }));
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
      {isOpen && (
        <Suspense fallback={null}>
          <SignInDialog onClose={() => setOpen(false)} onToken={change} />
        </Suspense>
      )}
    </>
  );
}
