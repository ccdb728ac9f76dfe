/** A value of the data, always as text: bidirectional marks and control characters are shown by name, and long text is cut until asked for. */
import { useState } from 'react';
import { exactNumber } from './format.ts';
import { localText, utcText } from './time.tsx';

const LENGTH_SHOWN = 200;
const LENGTH_OPENED = 20_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;
const LOCAL_INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

export function Cell({ value, type }: { readonly value: unknown; readonly type?: string | undefined }) {
  const [isOpen, setOpen] = useState(false);
  if (value === null || value === undefined) return <span className="null">null</span>;
  const text = textOf(value, type);
  if (type === 'timestamp' && INSTANT.test(text))
    return (
      <time className="cell" dateTime={text} title={`${text} · ${utcText(text)}`}>
        {localText(text)}
      </time>
    );
  if (text.length <= LENGTH_SHOWN) return <bdi className="cell">{visible(text)}</bdi>;
  return (
    <bdi className="cell">
      {visible(text.slice(0, isOpen ? LENGTH_OPENED : LENGTH_SHOWN))}{' '}
      <button type="button" className="more" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
        {isOpen ? 'less' : `… ${text.length} characters`}
      </button>
    </bdi>
  );
}

export function isNumeric(type: string | undefined): boolean {
  return (
    type !== undefined &&
    /^(integer|number|decimal|bigint|double|float|hugeint|smallint|tinyint|ubigint|uinteger)/i.test(type)
  );
}

function textOf(value: unknown, type: string | undefined): string {
  if (typeof value === 'object') return JSON.stringify(value);
  if (type?.startsWith('timestamp')) return String(value).replace(LOCAL_INSTANT, '$1 $2');
  return isNumeric(type) ? exactNumber(String(value)) : String(value);
}

/** `U+202E` instead of what it would do to the text around it. */
function visible(text: string) {
  const parts = text.split(UNPRINTABLE);
  if (parts.length === 1) return text;
  const marks = text.match(UNPRINTABLE) ?? [];
  return parts.map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name
    <span key={i}>
      {part}
      {marks[i] !== undefined && (
        <span className="unprintable">
          U+{(marks[i]?.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}
        </span>
      )}
    </span>
  ));
}
