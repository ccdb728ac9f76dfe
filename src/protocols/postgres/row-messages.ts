/** Where the n-th of the DataRow messages that begin at `from` ends, or the last whole one; and how many these are. */
export function skipRows(
  bytes: Uint8Array,
  from: number,
  rowsMax: number,
): { readonly end: number; readonly rows: number } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = from;
  let rows = 0;
  while (rows < rowsMax && end + 5 <= view.length) {
    end += 1 + view.readInt32BE(end + 1);
    rows += 1;
  }
  return { end, rows };
}

/** The cells of DataRow messages whose columns are all text. */
export function* readRows(bytes: Uint8Array): Generator<readonly (string | null)[]> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < view.length; at += 1 + view.readInt32BE(at + 1)) {
    let cell = at + 7;
    yield Array.from({ length: view.readInt16BE(at + 5) }, () => {
      const length = view.readInt32BE(cell);
      cell += 4 + Math.max(0, length);
      return length < 0 ? null : view.toString('utf8', cell - length, cell);
    });
  }
}
