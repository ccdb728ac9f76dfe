import { parseDuration } from '../../base/duration.ts';
import { WharfError } from '../../base/errors.ts';
import type { OptionField } from '../../schema/options.ts';
import { webOptionFields } from '../web/web-options.ts';
import './errors.ts';

/** What a spec may say about an input `from: sse`. */
export const sseOptionFields: readonly OptionField[] = [
  ...webOptionFields,
  {
    name: 'events',
    type: 'array',
    items: { name: 'items', type: 'string' },
    single: true,
    doc: 'The types of events to take; all when left out.',
    example: '[message]',
  },
  {
    name: 'silence',
    type: 'string',
    default: '60s',
    doc: 'A stream that says nothing for so long, not even a comment, is connected to again.',
  },
];

export interface SseOptions {
  readonly url: string;
  readonly headers: unknown;
  /** Undefined: all. */
  readonly types: ReadonlySet<string> | undefined;
  readonly silenceMs: number;
}

const SILENCE_MS_MIN = 100;

/** Throws SSE_OPTIONS_INVALID. */
export function readSseOptions(options: Readonly<Record<string, unknown>>): SseOptions {
  const silence = String(options.silence ?? '60s');
  const silenceMs = parseDuration(silence);
  if (silenceMs === undefined || silenceMs < SILENCE_MS_MIN) {
    throw new WharfError(
      'SSE_OPTIONS_INVALID',
      `The option "silence: ${silence}" does not fit; expected a duration of at least ${SILENCE_MS_MIN}ms.`,
      { hint: 'Write for example: silence: 60s' },
    );
  }
  const events = options.events as readonly string[] | string | undefined;
  return {
    url: String(options.url),
    headers: options.headers,
    types: events === undefined ? undefined : new Set(typeof events === 'string' ? [events] : events),
    silenceMs,
  };
}
