import { WharfError } from '../../base/errors.ts';
import { negotiate } from '../../protocols/accept.ts';
import '../errors.ts';

export const ROW_FORMATS = ['json', 'ndjson', 'csv'] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];

export interface RowMediaType {
  readonly format: RowFormat;
  /** As in the Content-Type header. */
  readonly contentType: string;
}

const MEDIA_TYPES = {
  'application/json': { format: 'json', contentType: 'application/json; charset=utf-8' },
  'application/hal+json': { format: 'json', contentType: 'application/hal+json; charset=utf-8' },
  'application/x-ndjson': { format: 'ndjson', contentType: 'application/x-ndjson; charset=utf-8' },
  'application/ndjson': { format: 'ndjson', contentType: 'application/x-ndjson; charset=utf-8' },
  'application/jsonl': { format: 'ndjson', contentType: 'application/x-ndjson; charset=utf-8' },
  'text/csv': { format: 'csv', contentType: 'text/csv; charset=utf-8; header=present' },
} as const satisfies Record<string, RowMediaType>;

const OFFERED = Object.keys(MEDIA_TYPES) as readonly (keyof typeof MEDIA_TYPES)[];

/** What to answer with: the `format` of the query, else the best of the Accept header. Throws NOT_ACCEPTABLE. */
export function chooseMediaType(format: RowFormat | undefined, accept: string | undefined): RowMediaType {
  if (format !== undefined) return ofFormat(format);
  const chosen = negotiate(accept, OFFERED);
  if (chosen) return MEDIA_TYPES[chosen];
  throw new WharfError('NOT_ACCEPTABLE', `Rows cannot be answered as ${JSON.stringify(accept)}.`, {
    hint: `They come as ${OFFERED.join(', ')}; or ask with format=${ROW_FORMATS.join(', ')}.`,
  });
}

function ofFormat(format: RowFormat): RowMediaType {
  switch (format) {
    case 'json':
      return MEDIA_TYPES['application/json'];
    case 'ndjson':
      return MEDIA_TYPES['application/x-ndjson'];
    case 'csv':
      return MEDIA_TYPES['text/csv'];
  }
}
