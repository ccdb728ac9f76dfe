import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { AsyncFlateStreamHandler, ZipInputFile } from 'fflate';

/** Between speed and size: a workbook is made while somebody waits for it. */
const DEFLATE_LEVEL = 3;
/** Its code in a ZIP file. */
const DEFLATE = 8;
/** The oldest date that a ZIP file can hold: equal content makes equal files. */
const MODIFIED = new Date(1980, 0, 1);
/** An empty last block, to end what consists of blocks that are not the last. */
const LAST_BLOCK = Uint8Array.of(3, 0);

/**
 * One file in a ZIP file, compressed piece by piece with Node's own zlib, which takes a quarter of the time of the one in
 * JavaScript. Each piece ends on a byte, so the pieces stand behind each other as they are.
 */
export class DeflatedPart implements ZipInputFile {
  readonly filename: string;
  readonly compression = DEFLATE;
  readonly mtime = MODIFIED;
  crc = 0;
  size = 0;
  /** Set by the ZIP file that the part is added to. */
  ondata?: AsyncFlateStreamHandler;

  constructor(filename: string) {
    this.filename = filename;
  }

  push(bytes: Uint8Array, last: boolean): void {
    this.crc = crc32(bytes, this.crc);
    this.size += bytes.length;
    const piece = deflateRawSync(bytes, { level: DEFLATE_LEVEL, finishFlush: constants.Z_SYNC_FLUSH });
    this.ondata?.(null, piece, false);
    if (last) this.ondata?.(null, LAST_BLOCK, true);
  }
}
