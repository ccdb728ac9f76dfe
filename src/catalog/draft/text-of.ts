import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf, messageOf, WharfError } from '../../base/errors.ts';
import '../errors.ts';

export interface NamedBytes {
  /** Its suffix tells the format, and `.gz` that it is packed. */
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** The file's text, piece by piece, unpacked and without a byte order mark. Throws DRAFT_NOT_TEXT, DRAFT_GZIP_DAMAGED. */
export async function* textOf({ name, chunks }: NamedBytes): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const bytes = isPacked(name) ? unpacked(name, chunks) : chunks;
  for await (const chunk of bytes) {
    const text = decoded(name, () => decoder.decode(chunk, { stream: true }));
    if (text.includes('\0')) throw notText(name, 'it holds NUL characters');
    if (text !== '') yield text;
  }
  const text = decoded(name, () => decoder.decode());
  if (text !== '') yield text;
}

export function isPacked(name: string): boolean {
  return /\.gz$/i.test(name);
}

async function* unpacked(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // The callback only has to be there: an error destroys the last stream, and so comes out of the loop below.
  pipeline(Readable.from(chunks), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (thrown) {
    if (!codeOf(thrown)?.startsWith('Z_')) throw thrown;
    throw new WharfError('DRAFT_GZIP_DAMAGED', `"${name}" cannot be unpacked: ${messageOf(thrown)}.`, {
      hint: 'Was the file cut off? Fetch it again.',
      cause: thrown,
    });
  }
}

function decoded(name: string, decode: () => string): string {
  try {
    return decode();
  } catch (thrown) {
    if (codeOf(thrown) === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw notText(name, 'it holds bytes that are not UTF-8');
    throw thrown;
  }
}

function notText(name: string, reason: string): WharfError {
  return new WharfError('DRAFT_NOT_TEXT', `"${name}" is not UTF-8 text: ${reason}.`, {
    hint: 'Convert it first, for example with: iconv -f LATIN1 -t UTF-8.',
  });
}
