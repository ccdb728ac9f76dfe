import { present } from '../../base/assert.ts';
import { countLines, type LineChunk, readLineChunks } from '../../base/line-file.ts';
import { type DifferencePart, PART_END, DIFFERENCE_PARTS as PARTS } from './difference-sql.ts';

const CHUNK_BYTES = 512 * 1024;
const LINE_FEED = 10;

export interface DifferenceChunk extends LineChunk {
  readonly part: DifferencePart;
}

/** The file in bounded chunks of whole lines, each of one part. */
export async function* readDifference(file: string): AsyncGenerator<DifferenceChunk> {
  const end = Buffer.from(`${PART_END}\n`);
  let place = 0;
  for await (const chunk of readLineChunks(file, CHUNK_BYTES)) {
    let rest = Buffer.from(chunk.bytes.buffer, chunk.bytes.byteOffset, chunk.bytes.length);
    while (place < PARTS.length - 1) {
      const at = startOfLine(rest, end);
      if (at < 0) break;
      if (at > 0) yield chunkOf(place, rest.subarray(0, at));
      rest = rest.subarray(at + end.length);
      place += 1;
    }
    if (rest.length > 0) yield chunkOf(place, rest);
  }
}

/** As `readDifference`, of parts that are in files of their own. */
export async function* readParts(
  files: Readonly<Record<DifferencePart, string>>,
): AsyncGenerator<DifferenceChunk> {
  for (const part of PARTS)
    for await (const chunk of readLineChunks(files[part], CHUNK_BYTES)) yield { part, ...chunk };
}

function chunkOf(place: number, bytes: Uint8Array): DifferenceChunk {
  return { part: present(PARTS[place], 'a file has no more parts'), bytes, count: countLines(bytes) };
}

/** Where a line that is `line` begins; -1 when none is. */
function startOfLine(bytes: Buffer, line: Buffer): number {
  for (let at = bytes.indexOf(line); at >= 0; at = bytes.indexOf(line, at + 1)) {
    if (at === 0 || bytes[at - 1] === LINE_FEED) return at;
  }
  return -1;
}
