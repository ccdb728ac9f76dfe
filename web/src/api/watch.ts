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
  /** Also called once it listens: something may have come while it did not. */
  readonly onChange: () => void;
}

export async function watch({ path, signal, onChange }: WatchOptions): Promise<void> {
  const latest = `${path}?from=latest`;
  if (readToken() !== null) {
    const onState = (problem: Error | undefined) => {
      if (!problem) onChange();
    };
    return follow({ path: latest, signal, onRecords: onChange, onState });
  }
  let waitMs = RETRY_MS_MIN;
  while (!signal.aborted) {
    const wasOpen = await listen(latest, signal, onChange);
    waitMs = wasOpen ? RETRY_MS_MIN : Math.min(RETRY_MS_MAX, waitMs * 2);
    await pause(waitMs, signal);
  }
}

/** Until the connection ends; true when there was one. */
function listen(path: string, signal: AbortSignal, onChange: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    let wasOpen = false;
    const socket = new WebSocket(new URL(path, window.location.href));
    // One that is closed before it is open is told of in the console as an error.
    const stop = () => {
      if (socket.readyState !== WebSocket.CONNECTING) socket.close();
    };
    signal.addEventListener('abort', stop);
    socket.addEventListener('open', () => {
      wasOpen = true;
      if (signal.aborted) socket.close();
      else onChange();
    });
    socket.addEventListener('message', onChange);
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
