/** Lines of JSON as they are written, byte by byte, into one buffer that is used again for the next batch. */

export class LineBuffer {
  /** What is behind `length` is free. Taken anew after each `reserve`, which may put another in its place. */
  bytes: Buffer;
  length = 0;

  constructor(bytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(bytes);
  }

  /** Room for so many more bytes. */
  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  text(text: string): void {
    this.reserve(Buffer.byteLength(text));
    this.length += this.bytes.write(text, this.length);
  }

  /** The first `end` bytes, in a buffer of their own; the others become the first. */
  take(end: number): Uint8Array {
    const taken = new Uint8Array(end);
    taken.set(this.bytes.subarray(0, end));
    this.bytes.copyWithin(0, end, this.length);
    this.length -= end;
    return taken;
  }
}
