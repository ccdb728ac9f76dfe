import { Problem } from '../api/client.ts';
import { openSignIn } from './sign-in.tsx';

/** After an answer of 401 or 403: a way to become somebody who may. */
export function SignInNotice({ error }: { readonly error: unknown }) {
  if (!(error instanceof Problem) || (error.status !== 401 && error.status !== 403)) return null;
  return (
    <div>
      <button type="button" className="button" onClick={openSignIn}>
        Sign in with a token
      </button>
    </div>
  );
}
