/** Where pages are written, one after another: a guest has one, so that its statements do not each leave memory behind to be collected. */

const FIRST_BYTES = 64 * 1024;
/** What is larger, for one long row, goes with the page that needed it. */
const KEPT_BYTES_MAX = 1024 * 1024;

export class PageBuffer {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);

  /** Room for at least so many bytes; what stands in the first `used` stays. */
  withRoom(bytes: number, used: number): Buffer {
    if (bytes > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(bytes, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, used);
      this.#bytes = grown;
    }
    return this.#bytes;
  }

  /** The first bytes; they stay what they are until something is written again. */
  take(bytes: number): Buffer {
    const page = this.#bytes.subarray(0, bytes);
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = Buffer.allocUnsafe(FIRST_BYTES);
    return page;
  }
}
