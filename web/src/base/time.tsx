import { useEffect, useState } from 'react';
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
  const now = useNow();
  const age = now - new Date(at).getTime();
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={`${localText(at)} · ${utcText(at)}`}
      className="nowrap"
    >
      {age < AGE_TICK_MS ? 'just now' : `${span(age)} ago`}
    </time>
  );
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), AGE_TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
