/** Which page follows a page, by the ways that services count them. */
import { readFile, stat } from 'node:fs/promises';
import { formatBytes } from '../../base/duration.ts';
import { WharfError } from '../../base/errors.ts';
import { linkOf } from '../../protocols/link-header.ts';
import { readJson } from '../../schema/json-reader.ts';
import { isJsonNumber, isJsonObject, type JsonValue, memberOf } from '../../schema/json-value.ts';
import type { FetchedPage } from './fetch-page.ts';
import type { PageState } from './http-cursor.ts';
import type { PagingOptions } from './http-options.ts';
import './errors.ts';

export const PAGES_MAX = 100_000;
/** An answer with the way to the next page inside is read as a whole for it. */
export const NEXT_BYTES_MAX = 64_000_000;

/** Undefined when the page was the last. Throws HTTP_NEXT_UNREADABLE, HTTP_PAGING_REPEATS. */
export async function nextPage(
  paging: PagingOptions | undefined,
  page: PageState,
  fetched: FetchedPage,
  records: number,
): Promise<PageState | undefined> {
  if (!paging) return undefined;
  const next = await following(paging, page, fetched, records);
  if (!next) return undefined;
  const before = page.before + 1;
  const same = next.url === page.url && next.value === page.value;
  if (same || before >= PAGES_MAX) {
    throw new WharfError(
      'HTTP_PAGING_REPEATS',
      `"${fetched.shown}" leads ${same ? 'from a page to the same page' : `through ${PAGES_MAX} pages`}.`,
      { hint: 'Look at the options "paging.by", "paging.next" and "paging.parameter".' },
    );
  }
  return { ...next, before };
}

async function following(
  paging: PagingOptions,
  page: PageState,
  fetched: FetchedPage,
  records: number,
): Promise<Pick<PageState, 'url' | 'value'> | undefined> {
  if (paging.by === 'link') {
    const link = paging.next
      ? await valueAt(fetched, paging.next)
      : linkOf(String(fetched.headers.link ?? ''), 'next');
    return link === undefined ? undefined : { url: address(link, fetched) };
  }
  if (paging.by === 'cursor') {
    const value = await valueAt(fetched, paging.next ?? []);
    return value === undefined ? undefined : { value };
  }
  if (records === 0 || (paging.size !== undefined && records < paging.size)) return undefined;
  const at = Number(page.value ?? paging.start);
  return { value: String(paging.by === 'page' ? at + 1 : at + records) };
}

function address(link: string, { url, shown }: FetchedPage): string {
  const next = URL.canParse(link, url.href) ? new URL(link, url) : undefined;
  if (next?.protocol === 'http:' || next?.protocol === 'https:') return next.href;
  throw new WharfError('HTTP_NEXT_UNREADABLE', `"${shown}" leads to something that is not an address.`, {
    hint: 'Look at the option "paging.next".',
  });
}

/** The text or number at a path; undefined for null, an empty text, false, or nothing. */
async function valueAt({ file, shown }: FetchedPage, path: readonly string[]): Promise<string | undefined> {
  const { size } = await stat(file);
  if (size > NEXT_BYTES_MAX) {
    throw new WharfError(
      'HTTP_NEXT_UNREADABLE',
      `A page of "${shown}" has ${formatBytes(size)}, too much to look for the next one in it.`,
      { hint: `Ask for smaller pages, up to ${formatBytes(NEXT_BYTES_MAX)}.` },
    );
  }
  let value: JsonValue | undefined = readJson(await readFile(file, 'utf8'));
  for (const name of path)
    value = value !== undefined && isJsonObject(value) ? memberOf(value, name) : undefined;
  if (value === undefined || value === null || value === '' || value === false) return undefined;
  if (typeof value === 'string') return value;
  if (isJsonNumber(value)) return value.number;
  throw new WharfError('HTTP_NEXT_UNREADABLE', `"$.${path.join('.')}" of "${shown}" is no text or number.`, {
    hint: 'Look at the option "paging.next".',
  });
}
