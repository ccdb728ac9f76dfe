import type { FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import { type Dataset, keyFieldsOf } from '../../schema/field.ts';
import { checkText } from '../../schema/text-form.ts';
import { quoted } from '../answer/request-problems.ts';
import '../errors.ts';

/** What stands in the path for the `*` of the route, as sent: still encoded, so that `%2C` is not yet a comma. */
export function rawWildcard(request: FastifyRequest): string {
  const path = (request.raw.url ?? '').split('?')[0] ?? '';
  const before = (request.routeOptions.url ?? '').split('/').length - 1;
  return path.split('/').slice(before).join('/');
}

/**
 * The canonical texts of a key's parts: joined by `,`, each URL-encoded, in the order of the dataset's key.
 * Throws ROW_HAS_NO_KEY and ROW_KEY_INVALID.
 */
export function parseRowKey(dataset: Dataset, raw: string): readonly string[] {
  if (typeof dataset.key === 'string') {
    throw new WharfError(
      'ROW_HAS_NO_KEY',
      `The rows of "${dataset.name}" have no key (key: ${dataset.key}), so none has a path.`,
      {
        hint: 'Find them with filters: /rows?column=eq.value.',
      },
    );
  }
  const fields = keyFieldsOf(dataset);
  const parts = raw.split(',');
  if (parts.length !== fields.length) {
    const names = fields.map((field) => field.name).join(',');
    throw new WharfError(
      'ROW_KEY_INVALID',
      `The key ${quoted(raw)} has ${parts.length} parts; expected ${fields.length}: ${names}.`,
      {
        hint: 'Put "," between the parts, and write a comma within a part as "%2C".',
      },
    );
  }
  return fields.map((field, i) => {
    const text = decoded(parts[i] ?? '');
    const check = checkText(field, text);
    if (check.ok) return check.text;
    throw new WharfError(
      'ROW_KEY_INVALID',
      `The value ${quoted(text)} of "${field.name}" is not valid: expected ${check.expected}.`,
    );
  });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (thrown) {
    if (!(thrown instanceof URIError)) throw thrown;
    throw new WharfError(
      'ROW_KEY_INVALID',
      `The part ${quoted(part)} of the key is not valid percent encoding of UTF-8.`,
      {
        cause: thrown,
      },
    );
  }
}
