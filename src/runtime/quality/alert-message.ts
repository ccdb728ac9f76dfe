/** What somebody is told: that something began, or that it ended. */
import { signedHeaders } from '../../kit/web/signed-headers.ts';
import type { WebhookTarget } from './alert-target.ts';

export interface AlertEvent {
  /** The same message has the same id, however often it is sent. */
  readonly id: string;
  readonly product: string;
  readonly owner: string;
  /** `checks`, the objective of a promise, or `agreement`. */
  readonly topic: string;
  /** `told`: something happened that neither lasts nor ends. */
  readonly state: 'begun' | 'ended' | 'told' | 'test';
  readonly timeMs: number;
  readonly message: string;
  /** A letter to this address alone, and not to the readers of the alert. */
  readonly contact?: string;
}

export interface AlertRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The request that tells the event, signed as Standard Webhooks has it: over id, time and body. */
export function alertRequest(
  event: AlertEvent,
  target: WebhookTarget,
  mesh: string,
  nowMs: number,
): AlertRequest {
  const isSlack = target.style === 'slack';
  const body = JSON.stringify(isSlack ? { text: slackText(event) } : cloudEvent(event, mesh));
  const type = isSlack ? 'application/json' : 'application/cloudevents+json; charset=utf-8';
  const signed = signedHeaders({ id: event.id, body, nowMs, secret: target.secret });
  return { body, headers: { 'Content-Type': type, ...signed } };
}

function typeOf({ topic, state }: AlertEvent): string {
  if (topic === 'agreement') return `wharf.agreement.${state}`;
  return `wharf.${topic === 'checks' ? 'checks' : 'promise'}.${state}`;
}

function cloudEvent(event: AlertEvent, mesh: string) {
  const { id, product, owner, topic, state, timeMs, message } = event;
  return {
    specversion: '1.0',
    id,
    source: `urn:wharf:${mesh}`,
    type: typeOf(event),
    subject: product,
    time: new Date(timeMs).toISOString(),
    datacontenttype: 'application/json',
    data: { product, owner, topic, state, message },
  };
}

export interface AlertLetter {
  readonly subject: string;
  readonly text: string;
  /** The same message has the same id, so that whoever gets it twice sees it once. */
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function alertLetter(event: AlertEvent, mesh: string): AlertLetter {
  const { id, product, owner, topic, timeMs, message } = event;
  const facts = [
    ['Product', product],
    ...(owner === '' ? [] : [['Owner', owner]]),
    ['About', topic],
    ['Since', new Date(timeMs).toISOString()],
  ];
  return {
    subject: `[${mesh}] ${headline(event)}`,
    text: `${message}\n\n${facts.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`,
    messageId: `<${id}@${mesh}.wharf>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

function headline({ product, state }: AlertEvent): string {
  const words = {
    begun: 'needs attention',
    ended: 'is well again',
    told: 'has news',
    test: 'would be told here',
  } as const;
  return `${product} ${words[state]}`;
}

function slackText(event: AlertEvent): string {
  return `${headline(event)}: ${event.message}`;
}
