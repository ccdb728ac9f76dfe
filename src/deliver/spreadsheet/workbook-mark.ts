/** What a delivered workbook says of itself, read without unpacking its sheets. */
import { createReadStream } from 'node:fs';
import { Unzip, UnzipInflate } from 'fflate';
import { codeOf } from '../../base/errors.ts';
import { PROPERTIES_PATH } from '../../protocols/xlsx/workbook-parts.ts';

export interface WorkbookMark {
  readonly delivery: string;
  readonly position: number;
  readonly stamp: string;
}

/** Properties are a few names; a file that has more of them in front is not ours. */
const MARK_BYTES_MAX = 64 * 1024;
const PROPERTY = /name="(\w+)"><vt:lpwstr>([^<]*)</g;

/** Undefined where there is no file, or one that does not begin with our properties. */
export async function readMark(file: string): Promise<WorkbookMark | undefined> {
  let text = '';
  let isFirst = true;
  let isDone = false;
  const unzip = new Unzip((part) => {
    const isMark = isFirst && part.name === PROPERTIES_PATH;
    isFirst = false;
    if (!isMark) isDone = true;
    else {
      part.ondata = (error, bytes, final) => {
        if (error) throw error;
        text += Buffer.from(bytes).toString();
        isDone ||= final;
      };
      part.start();
    }
  });
  unzip.register(UnzipInflate);
  const source = createReadStream(file, { end: MARK_BYTES_MAX });
  try {
    for await (const chunk of source) {
      if (!isDone) unzip.push(chunk as Uint8Array);
      if (isDone) break;
    }
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    // What is no ZIP file was not made here.
    if (typeof codeOf(thrown) === 'string') throw thrown;
    return undefined;
  } finally {
    source.destroy();
  }
  return markOf(text);
}

function markOf(text: string): WorkbookMark | undefined {
  const found = new Map([...text.matchAll(PROPERTY)].map(([, name, value]) => [name, value]));
  const { delivery, position, stamp } = Object.fromEntries(found) as Record<string, string>;
  if (delivery === undefined || stamp === undefined || !/^\d+$/.test(position ?? '')) return undefined;
  return { delivery, position: Number(position), stamp };
}
