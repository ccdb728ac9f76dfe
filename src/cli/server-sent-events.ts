import { asProblem } from './as-problem.ts';
import type { Connection } from './connect.ts';

export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** The events of a stream until the signal or its end. Throws the WharfError that a refusal stands for. */
export async function* readServerSentEvents(
  connection: Pick<Connection, 'fetch'>,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  const stop = new AbortController();
  const response = await connection.fetch(path, {
    headers: { Accept: 'text/event-stream' },
    signal: AbortSignal.any([signal, stop.signal]),
  });
  if (!response.ok || !response.body) throw await asProblem(response);
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of response.body) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event) yield event;
      }
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    stop.abort();
  }
}

function parseEvent(block: string): ServerSentEvent | undefined {
  const fields = new Map<string, string[]>();
  for (const line of block.split('\n')) {
    const match = /^(id|event|data): ?(.*)$/.exec(line);
    if (match)
      fields.set(match[1] as string, [...(fields.get(match[1] as string) ?? []), match[2] as string]);
  }
  const data = fields.get('data');
  if (!data) return undefined;
  return {
    id: fields.get('id')?.[0] ?? '',
    event: fields.get('event')?.[0] ?? 'message',
    data: data.join('\n'),
  };
}
