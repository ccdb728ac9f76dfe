/** The token that the reader signed in with: kept for this tab only, and never in an address. */
const KEY = 'wharf-token';
const listeners = new Set<() => void>();

let isNobody = false;

/** From now on, whoever signed in: what is framed by other pages must not speak for its reader. */
export function askAsNobody(): void {
  isNobody = true;
}

export function readToken(): string | null {
  return isNobody ? null : sessionStorage.getItem(KEY);
}

export function keepToken(token: string | null): void {
  if (token === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
  for (const listener of listeners) listener();
}

/** Calls `listener` whenever somebody signs in or out; gives what stops that. */
export function onTokenChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function authorization(): Record<string, string> {
  const token = readToken();
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

const SIGN_IN = 'wharf-sign-in';

/** Asks the reader who they are, wherever they are on the page. */
export function openSignIn(): void {
  window.dispatchEvent(new Event(SIGN_IN));
}

export function onSignInWanted(listener: () => void): () => void {
  window.addEventListener(SIGN_IN, listener);
  return () => window.removeEventListener(SIGN_IN, listener);
}
