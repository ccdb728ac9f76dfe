/** A row of COPY's text format: cells between tabs, `\N` for null, backslash escapes. */

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The cells of one row, without its line feed. */
export function splitCopyRow(line: string): (string | null)[] {
  const cells: (string | null)[] = line.split('\t');
  if (!line.includes('\\')) return cells;
  for (let i = 0; i < cells.length; i++) cells[i] = unescapeCopy(cells[i] as string);
  return cells;
}

/** The text of one cell; null for `\N`. */
export function unescapeCopy(cell: string): string | null {
  if (cell === '\\N') return null;
  if (!cell.includes('\\')) return cell;
  return cell.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
}
