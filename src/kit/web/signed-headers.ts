/** A message's signature as Standard Webhooks has it: over id, time and body, so that neither can be changed nor sent again later. */
import { createHmac } from 'node:crypto';

export interface SignedMessage {
  /** The same message has the same id, however often it is sent. */
  readonly id: string;
  readonly body: string;
  readonly nowMs: number;
  /** Not signed when undefined. */
  readonly secret: string | undefined;
}

export function signedHeaders({ id, body, nowMs, secret }: SignedMessage): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return headers;
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
