import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { keepToken, onSignInWanted, onTokenChange, readToken } from '../api/credentials.ts';
import { whoQuery } from '../api/queries.ts';

const SignInDialog = lazy(async () => ({ default: (await import('./sign-in-dialog.tsx')).SignInDialog }));
export function useToken(): string | null {
  return useSyncExternalStore(onTokenChange, readToken);
}

/** The button in the head of each page, and its dialog. */
export function SignIn() {
  const token = useToken();
  const [isOpen, setOpen] = useState(false);
  const client = useQueryClient();
  const { data: who } = useQuery({ ...whoQuery(), enabled: token !== null });
  useEffect(() => onSignInWanted(() => setOpen(true)), []);
  const change = (next: string | null) => {
    keepToken(next);
    setOpen(false);
    // What was seen before somebody signed in may stay until more is known: so what they had typed stays as well.
    void (next === null ? client.resetQueries() : client.invalidateQueries());
  };
  return (
    <>
      {token && who && <span className="who soft small">{who.principal}</span>}
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
