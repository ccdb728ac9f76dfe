/** What somebody is told: that something began, or that it ended. */
import { createHmac } from 'node:crypto';

export interface AlertEvent {
  /** The same message has the same id, however often it is sent. */
  readonly id: string;
  readonly product: string;
  readonly owner: string;
  /** `checks`, or the objective of a promise. */
  readonly topic: string;
  readonly state: 'begun' | 'ended' | 'test';
  readonly timeMs: number;
  readonly message: string;
}

export interface AlertTarget {
  readonly name: string;
  readonly url: string;
  readonly style: 'cloudevents' | 'slack';
  readonly secret: string | undefined;
  readonly owners: readonly string[];
}

export interface AlertRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The request that tells the event, signed as Standard Webhooks has it: over id, time and body. */
export function alertRequest(
  event: AlertEvent,
  target: AlertTarget,
  mesh: string,
  nowMs: number,
): AlertRequest {
  const isSlack = target.style === 'slack';
  const body = JSON.stringify(isSlack ? { text: slackText(event) } : cloudEvent(event, mesh));
  const timestamp = String(Math.floor(nowMs / 1_000));
  const headers = {
    'Content-Type': isSlack ? 'application/json' : 'application/cloudevents+json; charset=utf-8',
    'webhook-id': event.id,
    'webhook-timestamp': timestamp,
  };
  if (target.secret === undefined) return { body, headers };
  const signed = createHmac('sha256', target.secret)
    .update(`${event.id}.${timestamp}.${body}`)
    .digest('base64');
  return { body, headers: { ...headers, 'webhook-signature': `v1,${signed}` } };
}

function cloudEvent(event: AlertEvent, mesh: string) {
  const { id, product, owner, topic, state, timeMs, message } = event;
  return {
    specversion: '1.0',
    id,
    source: `urn:wharf:${mesh}`,
    type: `wharf.${topic === 'checks' ? 'checks' : 'promise'}.${state}`,
    subject: product,
    time: new Date(timeMs).toISOString(),
    datacontenttype: 'application/json',
    data: { product, owner, topic, state, message },
  };
}

function slackText({ product, state, message }: AlertEvent): string {
  const words = { begun: 'needs attention', ended: 'is well again', test: 'would be told here' } as const;
  return `${product} ${words[state]}: ${message}`;
}
