/** Rows as texts, their members in order. */
export function canonical(rows: readonly object[]): string[] {
  return rows.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).sort())));
}
