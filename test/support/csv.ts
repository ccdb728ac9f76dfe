/** A small reader of RFC 4180 text, sharing no code with what it judges. */
export function readCsv(text: string): Record<string, string>[] {
  return readCsvCells(text).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell ?? ''])),
  );
}

/** Likewise; nothing between two delimiters is null, and `""` is the empty text. */
export function readCsvCells(text: string): Record<string, string | null>[] {
  const rows: (string | null)[][] = [[]];
  let cell = '';
  let quoted = false;
  let hadQuotes = false;
  const endCell = () => {
    rows.at(-1)?.push(cell === '' && !hadQuotes ? null : cell);
    cell = '';
    hadQuotes = false;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quoted && c === '"' && text[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (c === '"') {
      quoted = !quoted;
      hadQuotes = true;
    } else if (quoted) cell += c;
    else if (c === ',') endCell();
    else if (c === '\n') {
      endCell();
      rows.push([]);
    } else if (c !== '\r') cell += c;
  }
  if (cell !== '' || (rows.at(-1)?.length ?? 0) > 0) endCell();
  else rows.pop();
  const [header = [], ...records] = rows;
  return records.map((record) =>
    Object.fromEntries(header.map((name, i) => [name ?? '', record[i] ?? null])),
  );
}
