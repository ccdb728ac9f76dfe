/**
 * Entity tags of files. The rows of a snapshot never change, but a file of them that is written again may hold them in another
 * order. So a tag has two parts, `"rows.writing"`: who has these rows in any order has them (If-None-Match), and a download is
 * taken up again (If-Range) only from the very file that it began with.
 */

/** `rowsTag` is the tag of the rows, quoted; `writtenNs` is when the file was written, in nanoseconds. */
export function writtenTag(rowsTag: string, writtenNs: bigint): string {
  return `${rowsTag.slice(0, -1)}.${writtenNs.toString(36)}"`;
}

/** The first tag in an If-None-Match header that is one of a file of these rows. */
export function knownTag(header: string | undefined, rowsTag: string): string | undefined {
  const tags = (header ?? '').split(',').map((given) => given.trim().replace(/^W\//, ''));
  return tags.find((tag) => tag.startsWith(`${rowsTag.slice(0, -1)}.`));
}
