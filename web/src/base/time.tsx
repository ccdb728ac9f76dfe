import { useSyncExternalStore } from 'react';
import { span } from './format.ts';

const AGE_TICK_MS = 5_000;
const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export function utcText(instant: string | number): string {
  return `${new Date(instant).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}

export function localText(instant: string | number): string {
  return local.format(new Date(instant));
}

/** An instant in the reader's zone, in UTC on hover. */
export function Time({ at }: { readonly at: string | number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={utcText(at)} className="nowrap">
      {localText(at)}
    </time>
  );
}

/** How long ago something was, kept true while it is looked at. */
export function Ago({ at }: { readonly at: string | number }) {
  // Of many on a page, only those whose words change are drawn anew.
  const words = useSyncExternalStore(onTick, () => agoText(at));
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={`${localText(at)} · ${utcText(at)}`}
      className="nowrap"
    >
      {words}
    </time>
  );
}

function agoText(at: string | number): string {
  const age = Date.now() - new Date(at).getTime();
  return age < AGE_TICK_MS ? 'just now' : `${span(age)} ago`;
}

const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

/** One clock for all ages on the page. */
function onTick(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    for (const each of listeners) each();
  }, AGE_TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}
