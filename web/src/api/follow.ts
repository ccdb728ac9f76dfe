/** Follows a product's stream over `fetch`: unlike an EventSource it can carry the reader's token, and it says why it ended. */
import { Problem, reach } from './client.ts';
import { parseExact } from './exact-json.ts';

export interface LiveRecord {
  readonly position: number;
  readonly time: string;
  readonly op: 'upsert' | 'delete';
  readonly dataset: string;
  readonly key: Readonly<Record<string, unknown>> | null;
  readonly document: Readonly<Record<string, unknown>> | null;
}

const RETRY_MS = 2_000;

export interface FollowOptions {
  readonly path: string;
  readonly signal: AbortSignal;
  readonly onRecords: (records: readonly LiveRecord[]) => void;
  /** Called with undefined once it is connected, and with what went wrong before each new attempt. */
  readonly onState: (problem: Error | undefined) => void;
}

/** Goes on after the last record that it had, until `signal` ends it or the server refuses. */
export async function follow({ path, signal, onRecords, onState }: FollowOptions): Promise<void> {
  let last: string | undefined;
  while (!signal.aborted) {
    try {
      const headers = {
        Accept: 'text/event-stream',
        ...(last === undefined ? {} : { 'Last-Event-ID': last }),
      };
      const response = await reach(path, { headers, signal });
      if (!response.ok || !response.body) throw await problemOf(response);
      onState(undefined);
      for await (const events of readEvents(response.body)) {
        last = events.at(-1)?.id ?? last;
        onRecords(events.map(({ data }) => parseExact<LiveRecord>(data)));
      }
      onState(new Error('The stream ended.'));
    } catch (error) {
      if (signal.aborted) return;
      onState(error instanceof Error ? error : new Error(String(error)));
      if (error instanceof Problem && error.status >= 400 && error.status < 500) return;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

interface ServerEvent {
  readonly id: string;
  readonly data: string;
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly ServerEvent[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let pending = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = `${pending}${decoder.decode(value, { stream: true })}`.split('\n\n');
    pending = blocks.pop() ?? '';
    const events = blocks.flatMap((block) => eventOf(block));
    if (events.length > 0) yield events;
  }
}

/** Records only: a stream also says when to try again, that it is alive, and how far it is. */
function eventOf(block: string): ServerEvent[] {
  const lines = block.split('\n');
  const valuesOf = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const [event] = valuesOf('event');
  const [id] = valuesOf('id');
  if (id === undefined || (event !== 'upsert' && event !== 'delete')) return [];
  return [{ id, data: valuesOf('data').join('\n') }];
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  const isJson = (response.headers.get('Content-Type') ?? '').includes('json');
  return new Problem(
    response.status,
    isJson ? (JSON.parse(text) as Record<string, unknown>) : { detail: text },
  );
}
