/** The check of one record of a dataset, by the quick way and the exact one. */
import { isUtf8 } from 'node:buffer';
import { codeOf, messageOf } from '../../base/errors.ts';
import { columnsOf, type Dataset, EXTRA_FIELD, keyFieldsOf } from '../field.ts';
import { readJson } from '../json-reader.ts';
import { isJsonObject, type JsonObject, type JsonValue, jsonKind, writeJson } from '../json-value.ts';
import type { ReasonCode } from '../reasons.ts';
import { DOCUMENT_TEXT_MAX, type Reason } from '../slice.ts';
import { type Scan, skipBlank, UNSURE } from './byte-scan.ts';
import { Reasons } from './collect-reasons.ts';
import { compileMembers, type UnknownMembers } from './exact-check.ts';
import { compileQuickObject } from './quick-value.ts';
import type { VerdictWriter } from './verdict-writer.ts';

/** A longer record is rejected unread. */
export const RECORD_BYTES_MAX = 16 * 1024 * 1024;

export interface RecordCheck {
  /** The end of the record that begins here, if it is valid as it stands; the bytes of its line are UTF-8. */
  readonly quick: Scan;
  /** Checks the JSON text at [start, end) of the bytes, behind which a line feed follows; `allUtf8` when all of them are
   * known to be UTF-8, and the quick way was tried. */
  line(
    bytes: Buffer,
    start: number,
    end: number,
    allUtf8: boolean,
    line: number,
    writer: VerdictWriter,
  ): void;
  /** Checks a document that was read already; `text` is what a reject shows of it, `known` what was found wrong in reading. */
  document(
    document: JsonObject,
    text: () => string,
    line: number,
    writer: VerdictWriter,
    known?: readonly Reason[],
  ): void;
}

/** With `exact` the quick way is never taken: for tests that compare the two. */
export type Way = 'quick' | 'exact';

export function compileRecordCheck(
  dataset: Dataset,
  op: 'upsert' | 'delete',
  way: Way = 'quick',
): RecordCheck {
  const quick = op === 'upsert' && way === 'quick' ? compileQuickRecord(dataset) : () => UNSURE;
  const exact = compileExactRecord(dataset, op);
  const document: RecordCheck['document'] = (value, text, line, writer, known = []) => {
    const reasons = new Reasons(known);
    const journal = exact(value, reasons);
    if (journal !== undefined) writer.acceptText(journal);
    else
      writer.reject({ line, index: writer.index, document: shown(text()), reasons: ordered(reasons.found) });
  };
  return {
    quick,
    document,
    line(bytes, start, end, allUtf8, line, writer) {
      const utf8 = allUtf8 || isUtf8(bytes.subarray(start, end));
      if (utf8 && !allUtf8 && quick(bytes, start) === end) {
        writer.acceptBytes(start, end);
        return;
      }
      const read = readRecord(bytes, start, end, utf8);
      if ('reason' in read)
        writer.reject({ line, index: writer.index, document: shown(read.text), reasons: [read.reason] });
      else document(read.value, () => read.text, line, writer);
    },
  };
}

function compileQuickRecord(dataset: Dataset): Scan {
  const unknown = dataset.extra === 'ignore' ? 'ignore' : 'refuse';
  const required = requiredKeys(dataset);
  const scan = compileQuickObject({ fields: dataset.fields, unknown, depth: 1, required });
  return (bytes, start) => {
    const end = scan(bytes, skipBlank(bytes, start));
    return end - start <= RECORD_BYTES_MAX ? end : UNSURE;
  };
}

/** The fields of a named key must be there: without them a row has no identity. */
function requiredKeys(dataset: Dataset): ReadonlySet<string> {
  return new Set(Array.isArray(dataset.key) ? dataset.key : []);
}

/** Gives the document in journal form, or adds reasons. */
function compileExactRecord(
  dataset: Dataset,
  op: 'upsert' | 'delete',
): (value: JsonObject, reasons: Reasons) => string | undefined {
  const fields = op === 'delete' ? keyFieldsOf(dataset) : columnsOf(dataset);
  const keepsExtra = fields.includes(EXTRA_FIELD);
  const named = dataset.extra === 'ignore' && op === 'upsert' ? dataset.fields : fields;
  const members = compileMembers(
    named.filter((field) => field !== EXTRA_FIELD),
    dataset.extra === 'ignore' ? 'ignore' : 'refuse',
    requiredKeys(dataset),
  );
  const unknown = dataset.extra === 'refuse' && op === 'upsert' ? 'refuse' : 'ignore';
  return (value, reasons) => {
    const extras: Entry[] = [];
    const collect: UnknownMembers = (name, member) => extras.push([name, member]);
    // A delete holds its key and nothing else.
    const texts = members(value, '', reasons, keepsExtra || op === 'delete' ? collect : unknown);
    if (reasons.found.length > 0) return undefined;
    const kept = keepsExtra ? withOwnExtra(extras) : [];
    if (kept.length > 0) texts.push(extraText(kept));
    return `{${texts.join(',')}}`;
  };
}

type Entry = readonly [name: string, value: JsonValue];

/**
 * In JSON form a row shows what was kept under `extra`. Sent back so, the members are taken out again, so that a row that
 * was exported is the same row when it is imported. Where a name would then stand twice, they stay as they were sent.
 */
function withOwnExtra(entries: readonly Entry[]): readonly Entry[] {
  const own = entries.find(([name]) => name === EXTRA_FIELD.name)?.[1];
  if (own === undefined) return entries;
  const others = entries.filter(([name]) => name !== EXTRA_FIELD.name);
  if (own === null) return others;
  if (!isJsonObject(own)) return entries;
  const taken = new Set(others.map(([name]) => name));
  return own.entries.some(([name]) => taken.has(name)) ? entries : [...others, ...own.entries];
}

function extraText(entries: readonly Entry[]): string {
  return `${JSON.stringify(EXTRA_FIELD.name)}:${JSON.stringify(writeJson({ entries, duplicates: [] }))}`;
}

type Read =
  | { readonly text: string; readonly value: JsonObject }
  | { readonly text: string; readonly reason: Reason };

function readRecord(bytes: Buffer, start: number, end: number, utf8: boolean): Read {
  if (end - start > RECORD_BYTES_MAX) {
    const text = bytes.toString('utf8', start, start + DOCUMENT_TEXT_MAX);
    return { text, reason: tooLong(end - start) };
  }
  const text = bytes.toString('utf8', start, end);
  if (!utf8) return { text, reason: reason('TEXT_NOT_UTF8', 'The record holds bytes that are not UTF-8.') };
  try {
    const value = readJson(text);
    if (isJsonObject(value)) return { text, value };
    return { text, reason: reason('JSON_NOT_AN_OBJECT', `Expected an object, received ${jsonKind(value)}.`) };
  } catch (thrown) {
    const code = codeOf(thrown) === 'JSON_TOO_DEEP' ? 'JSON_TOO_DEEP' : 'JSON_INVALID';
    return { text, reason: reason(code, messageOf(thrown)) };
  }
}

export function tooLong(bytes: number): Reason {
  return reason('RECORD_TOO_LONG', `The record has ${bytes} bytes; at most ${RECORD_BYTES_MAX} are allowed.`);
}

function reason(code: ReasonCode, message: string): Reason {
  return { code, pointer: '', message };
}

function shown(text: string): string {
  return text.slice(0, DOCUMENT_TEXT_MAX);
}

function ordered(reasons: readonly Reason[]): Reason[] {
  return [...reasons].sort((a, b) => (a.pointer < b.pointer ? -1 : a.pointer > b.pointer ? 1 : 0));
}
