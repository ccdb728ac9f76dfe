/**
 * Server-sent events, as https://html.spec.whatwg.org/multipage/server-sent-events.html reads them: lines of
 * `field: value`, an event ends with an empty line, a line that starts with a colon is a comment.
 */

export interface SseEvent {
  readonly event?: string;
  readonly id?: string;
  /** Milliseconds that a client waits before it connects again. */
  readonly retryMs?: number;
  readonly data?: string;
}

export const SSE_MEDIA_TYPE = 'text/event-stream; charset=utf-8';

/** One event as text. `event` and `id` must be a single line; `data` may have several. */
export function encodeSseEvent({ event, id, retryMs, data }: SseEvent): string {
  let text = '';
  if (event !== undefined) text += `event: ${event}\n`;
  if (id !== undefined) text += `id: ${id}\n`;
  if (retryMs !== undefined) text += `retry: ${retryMs}\n`;
  if (data !== undefined) text += dataLines(data);
  return `${text}\n`;
}

/** Something to keep a connection alive that no client sees. */
export function encodeSseComment(comment: string): string {
  return `: ${comment}\n\n`;
}

/** The usual data, JSON on one line, is not looked at twice. */
function dataLines(data: string): string {
  if (!data.includes('\n') && !data.includes('\r')) return `data: ${data}\n`;
  const lines = data.split(/\r\n|\r|\n/);
  return `${lines.map((line) => `data: ${line}`).join('\n')}\n`;
}
