import type { StreamRecord } from '../../kit/reader.ts';

const MILLIS_LENGTH = '2026-11-21T10:00:00.123'.length;

/** Records of a block have one time, so the last text is mostly the next one, too. */
let last = { timeUs: Number.NaN, text: '' };

/** `2026-11-21T10:00:00.123456Z`. */
export function microsText(timeUs: number): string {
  if (timeUs !== last.timeUs) last = { timeUs, text: textOf(timeUs) };
  return last.text;
}

function textOf(timeUs: number): string {
  const millis = Math.floor(timeUs / 1_000);
  const micros = String(timeUs - millis * 1_000).padStart(3, '0');
  return `${new Date(millis).toISOString().slice(0, MILLIS_LENGTH)}${micros}Z`;
}

/** A record as clients get it: one line of JSON, put together from texts, so that its numbers stay as they are. */
export function recordText({ position, timeUs, op, dataset, key, document }: StreamRecord): string {
  return (
    `{"position":${position},"time":"${microsText(timeUs)}","op":"${op}","dataset":${JSON.stringify(dataset)}` +
    `,"key":${key},"document":${document}}`
  );
}
