/** The one place that talks to the server: JSON in and out, and problems as errors. */
import { authorization } from './credentials.ts';
import { parseExact } from './exact-json.ts';

/** An answer that says no, as a problem document (RFC 9457) or as nothing that we know. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(typeof body.detail === 'string' ? body.detail : `The server answered ${status}.`);
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : 'UNKNOWN';
    this.hint = typeof body.hint === 'string' ? body.hint : undefined;
    this.details = body;
  }
}

export interface Answer<T> {
  readonly body: T;
  /** What it was answered at, as the server said it. */
  readonly position: string | null;
}

/** Throws Problem, and `SERVER_UNREACHABLE` as one when nobody answers. */
export async function call<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
  const response = await reach(path, init);
  const text = await response.text();
  if (!response.ok) throw new Problem(response.status, problemBody(text));
  return { body: parseExact<T>(text), position: response.headers.get('Wharf-Position') };
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call<T>(path, signal ? { signal } : {})).body;
}

export async function postJson<T>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer<T>> {
  return call<T>(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
    ...(signal ? { signal } : {}),
  });
}

/** A response whose body is still to be read. Throws Problem. */
export async function reach(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { Accept: 'application/json', ...authorization(), ...init.headers };
  try {
    return await fetch(path, { ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, {
      code: 'SERVER_UNREACHABLE',
      detail: 'The server does not answer.',
      hint: 'It may be starting again; this page asks it anew by itself.',
    });
  }
}

function problemBody(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    return { detail: text.slice(0, 500), cause: String(error) };
  }
}
