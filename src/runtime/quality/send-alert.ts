/** Sends one message; nobody else opens a connection for alerts. */
import { messageOf } from '../../base/errors.ts';
import { type AlertEvent, alertLetter, alertRequest } from './alert-message.ts';
import { type AlertTarget, type MailTarget, readersOf, type WebhookTarget } from './alert-target.ts';

const SEND_TIMEOUT_MS = 10_000;

export interface Sending {
  readonly mesh: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Undefined once it was taken; else why it was not, as a sentence. */
export async function sendAlert(
  target: AlertTarget,
  event: AlertEvent,
  sending: Sending,
): Promise<string | undefined> {
  try {
    return target.kind === 'email'
      ? await sendLetter(target, event, sending)
      : await post(target, event, sending);
  } catch (thrown) {
    return `${messageOf(thrown)}.`;
  }
}

async function post(
  target: WebhookTarget,
  event: AlertEvent,
  { mesh, nowMs, signal }: Sending,
): Promise<string | undefined> {
  const { body, headers } = alertRequest(event, target, mesh, nowMs);
  const response = await fetch(target.url, {
    method: 'POST',
    body,
    headers,
    signal: AbortSignal.any([signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]),
    redirect: 'error',
  });
  await response.body?.cancel();
  return response.ok ? undefined : `it answered ${response.status}.`;
}

/** The server has taken it for every reader, or it is not sent. */
async function sendLetter(
  target: MailTarget,
  event: AlertEvent,
  { mesh, signal }: Sending,
): Promise<string | undefined> {
  const readers = event.contact === undefined ? readersOf(target, event.owner) : [event.contact];
  if (readers.length === 0) return undefined;
  // Meshes without letters need not load it.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    url: target.smtp,
    connectionTimeout: SEND_TIMEOUT_MS,
    greetingTimeout: SEND_TIMEOUT_MS,
    socketTimeout: SEND_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const stop = () => transport.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { rejected } = await transport.sendMail({
      from: target.from,
      to: readers,
      ...alertLetter(event, mesh),
    });
    return rejected.length === 0 ? undefined : `the server refused ${rejected.map(String).join(', ')}.`;
  } finally {
    signal.removeEventListener('abort', stop);
    transport.close();
  }
}
