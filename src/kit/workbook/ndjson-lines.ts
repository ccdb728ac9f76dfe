import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const CHUNK_BYTES = 256 * 1024;
const LINE_FEED = 10;

/** The lines of a file, a chunk's worth at a time. */
export async function* ndjsonLines(file: string): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}

/** The lines of more than `bytes` bytes, with their numbers from 1; the others are hardly looked at. */
export async function* longLines(
  file: string,
  bytes: number,
): AsyncGenerator<{ line: number; text: string }> {
  let line = 1;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    const buffer = chunk as Buffer;
    let start = 0;
    for (let end = buffer.indexOf(LINE_FEED); end >= 0; end = buffer.indexOf(LINE_FEED, start)) {
      if (pendingBytes + end - start > bytes) {
        yield { line, text: Buffer.concat([...pending, buffer.subarray(start, end)]).toString('utf8') };
      }
      pending = [];
      pendingBytes = 0;
      line += 1;
      start = end + 1;
    }
    pending.push(buffer.subarray(start));
    pendingBytes += buffer.length - start;
  }
  if (pendingBytes > bytes) yield { line, text: Buffer.concat(pending).toString('utf8') };
}
