/**
 * Says that a product has changed, for pages that then ask anew. It uses a WebSocket where it can: a browser opens only a few connections
 * to one server, and many such pages may stand on one screen. With a token, which a WebSocket cannot carry, it is the stream itself.
 */
import { readToken } from './credentials.ts';
import { follow } from './follow.ts';

const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 60_000;

export interface WatchOptions {
  /** Of the stream port. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
}

export async function watch({ path, signal, onChange }: WatchOptions): Promise<void> {
  const latest = `${path}?from=latest`;
  if (readToken() !== null)
    return follow({ path: latest, signal, onRecords: onChange, onState: () => undefined });
  let waitMs = RETRY_MS_MIN;
  while (!signal.aborted) {
    const wasOpen = await listen(latest, signal, onChange);
    waitMs = wasOpen ? RETRY_MS_MIN : Math.min(RETRY_MS_MAX, waitMs * 2);
    await pause(waitMs, signal);
    // Something may have come while nobody listened.
    if (!signal.aborted) onChange();
  }
}

/** Until the connection ends; true when there was one. */
function listen(path: string, signal: AbortSignal, onMessage: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    let wasOpen = false;
    const socket = new WebSocket(new URL(path, window.location.href));
    const stop = () => socket.close();
    signal.addEventListener('abort', stop);
    socket.addEventListener('open', () => {
      wasOpen = true;
    });
    socket.addEventListener('message', onMessage);
    socket.addEventListener('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(wasOpen);
    });
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
