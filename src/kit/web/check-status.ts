import { text } from 'node:stream/consumers';
import { WharfError } from '../../base/errors.ts';
import { shownAddress } from './shown-address.ts';
import type { WebAnswer } from './web-client.ts';
import '../errors.ts';

/** A server may not send us to sleep for longer. */
export const RETRY_AFTER_MS_MAX = 3_600_000;
/** An error's own words are read and shown up to here. */
const WORDS_BYTES_MAX = 64 * 1024;
const WORDS_SHOWN = 200;
const LATER: readonly number[] = [408, 425, 429];

/** Throws WEB_BUSY (with `details.retryAfterMs` where the server says) or WEB_REFUSED unless the answer is a good one. */
export async function checkStatus(answer: WebAnswer, nowMs: number): Promise<void> {
  const { status, url } = answer;
  if (status >= 200 && status < 300) return;
  const said = await wordsOf(answer);
  const message = `"${shownAddress(url)}" answered ${status}${said === '' ? '' : `: "${said}"`}.`;
  if (LATER.includes(status) || status >= 500) {
    const retryAfterMs = readRetryAfter(answer.headers['retry-after'], nowMs);
    throw new WharfError('WEB_BUSY', message, {
      hint: 'It is tried again by itself.',
      details: { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
    });
  }
  throw new WharfError('WEB_REFUSED', message, { hint: hintFor(status), details: { status } });
}

/** Seconds, or a date. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX);
}

async function wordsOf({ body, headers }: WebAnswer): Promise<string> {
  const length = Number(headers['content-length'] ?? Number.NaN);
  if (!(length <= WORDS_BYTES_MAX)) {
    body.destroy();
    return '';
  }
  const words = await text(body).catch(() => '');
  return words.replaceAll(/\s+/g, ' ').trim().slice(0, WORDS_SHOWN);
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return 'Look at the token, user and headers of the connection.';
  if (status === 404 || status === 410) return 'Look at the address.';
  return 'Look at the address, the parameters and the body.';
}
