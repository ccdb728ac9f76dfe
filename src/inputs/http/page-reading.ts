/** Opens a fetched page with the same machinery as a file of a folder. */

import type { CaptureContext } from '../../kit/input.ts';
import { type FileReading, openReading } from '../file/file-reading.ts';
import type { FoundFile } from '../file/find-files.ts';
import type { FetchedPage } from './fetch-page.ts';
import type { HttpFormat, HttpOptions } from './http-options.ts';

const MEDIA_TYPES: readonly (readonly [RegExp, HttpFormat])[] = [
  [/^application\/(x-)?ndjson|jsonl|json-lines|json-seq/, 'ndjson'],
  [/^text\/csv/, 'csv'],
  [/^application\/([a-z0-9.+-]*\+)?json|^text\/json/, 'json'],
];
const SUFFIX = /\.(csv|tsv|json|geojson|ndjson|jsonl)(\.gz)?$/i;

/** `close` must be called. */
export function openPage(
  fetched: FetchedPage,
  options: HttpOptions,
  { signal, toNdjson }: Pick<CaptureContext, 'signal' | 'toNdjson'>,
): Promise<FileReading> {
  const { file: path, size, shown } = fetched;
  const found: FoundFile = { name: shown, path, size, mtimeMs: 0, inode: 0 };
  const { delimiter, nulls, recordsPath } = options;
  return openReading(found, {
    options: {
      format: options.format ?? formatOfAnswer(fetched),
      delimiter: delimiter === ',' ? undefined : delimiter,
      quote: '"',
      header: true,
      columns: undefined,
      nulls,
      recordsPath,
    },
    signal,
    toNdjson,
  });
}

/** Undefined where the suffix decides; JSON where nothing says anything. */
function formatOfAnswer({ headers, url }: FetchedPage): HttpFormat | undefined {
  const type = headers['content-type']?.toLowerCase() ?? '';
  const known = MEDIA_TYPES.find(([form]) => form.test(type));
  if (known) return known[1];
  return SUFFIX.test(url.pathname) ? undefined : 'json';
}
