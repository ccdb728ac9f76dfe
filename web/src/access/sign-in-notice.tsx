import { Problem } from '../api/client.ts';
import { openSignIn } from '../api/credentials.ts';
import { Empty, ErrorNotice } from '../base/states.tsx';

interface RefusedProps {
  readonly error: unknown;
  /** What is behind it, as a title: `Requests are for those who answer for products.` */
  readonly title: string;
  /** What the reader may not see is said not to be there. */
  readonly hides?: boolean;
}

/** In place of what the reader may not see as who they are: a way to become somebody who may. Other errors as they are. */
export function Refused({ error, title, hides = false }: RefusedProps) {
  const isHidden = hides && error instanceof Problem && error.status === 404;
  if (!isHidden && !isRefused(error)) return <ErrorNotice error={error} />;
  return (
    <div className="card">
      <Empty title={title} action={<SignInButton />}>
        {!isHidden && (error.hint ?? error.message)}
      </Empty>
    </div>
  );
}

/** After an answer of 401 or 403. */
export function SignInNotice({ error }: { readonly error: unknown }) {
  return isRefused(error) ? (
    <div>
      <SignInButton />
    </div>
  ) : null;
}

function isRefused(error: unknown): error is Problem {
  return error instanceof Problem && (error.status === 401 || error.status === 403);
}

function SignInButton() {
  return (
    <button type="button" className="button" onClick={openSignIn}>
      Sign in with a token
    </button>
  );
}
