/**
 * The token in a `next` link: where the next page starts, in the snapshot that the first page showed.
 *
 * It holds the position, so that records that arrive meanwhile neither repeat nor hide a row, and a fingerprint of what was
 * asked, so that it is not used to go on with something else. It grants nothing: whatever it says could be asked for
 * with `at` and a filter too.
 */
import { WharfError } from '../../base/errors.ts';
import type { Field } from '../../schema/field.ts';
import { checkText } from '../../schema/text-form.ts';
import '../errors.ts';

const VERSION = 1;
/** Characters of a token; with the rest of a query it must fit into a URL. */
export const PAGE_TOKEN_LENGTH_MAX = 4 * 1024;

export interface PageToken {
  readonly position: number;
  /** The text forms of the last row's order values. */
  readonly after: readonly (string | null)[];
}

/** Throws PAGE_TOKEN_TOO_LONG. */
export function encodePageToken({ position, after }: PageToken, scope: string): string {
  const token = Buffer.from(JSON.stringify([VERSION, scope, position, ...after])).toString('base64url');
  if (token.length <= PAGE_TOKEN_LENGTH_MAX) return token;
  throw new WharfError(
    'PAGE_TOKEN_TOO_LONG',
    `The values that the next page starts from make a link of ${token.length} characters; it may have ${PAGE_TOKEN_LENGTH_MAX}.`,
    { hint: 'Order by columns with shorter values, or take the whole dataset from /files.' },
  );
}

/**
 * `scope` is the fingerprint of the request that the token comes with, `order` the fields that its values must fit, as far as
 * they are known. Throws PAGE_TOKEN_INVALID and PAGE_TOKEN_FOREIGN.
 */
export function decodePageToken(token: string, scope: string, order: readonly Field[]): PageToken {
  const [version, tokenScope, position, ...after] = parse(token);
  if (version !== VERSION || typeof tokenScope !== 'string' || !isPosition(position)) throw invalid();
  if (!after.every((value) => value === null || typeof value === 'string')) throw invalid();
  if (tokenScope !== scope) {
    throw new WharfError('PAGE_TOKEN_FOREIGN', 'The parameter "after" belongs to another query.', {
      hint: 'Follow the "next" link as it is: with the same filters, the same order and the same "at".',
    });
  }
  if (after.length < order.length) throw invalid();
  order.forEach((field, i) => {
    const value = after[i];
    if (typeof value === 'string' && !checkText(field, value).ok) throw invalid();
  });
  return { position, after };
}

function parse(token: string): readonly unknown[] {
  if (token.length > PAGE_TOKEN_LENGTH_MAX) throw invalid();
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw invalid();
    throw thrown;
  }
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function invalid(): WharfError {
  return new WharfError('PAGE_TOKEN_INVALID', 'The parameter "after" is not one that a "next" link gave.', {
    hint: 'Leave it out to start with the first page.',
  });
}
