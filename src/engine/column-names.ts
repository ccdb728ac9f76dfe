/** What the columns of a statement are called, where that is not what the engine calls them. */

/** Names from the first column on, and up to the last; undefined where the engine's own name stands. Between them is a star. */
export interface ColumnNames {
  readonly head: readonly (string | undefined)[];
  readonly tail: readonly (string | undefined)[];
}

export function namedColumns<T extends { readonly name: string }>(
  columns: readonly T[],
  { head, tail }: ColumnNames,
): readonly T[] {
  if (head.length + tail.length > columns.length) return columns;
  const tailAt = columns.length - tail.length;
  return columns.map((column, i) => {
    const name = i < head.length ? head[i] : tail[i - tailAt];
    return name === undefined ? column : { ...column, name };
  });
}

/** The names, and a number behind each that was there before: members of an object must not hide each other. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    let distinct = name;
    for (let number = 2; seen.has(distinct) || (distinct !== name && taken.has(distinct)); number++)
      distinct = `${name}_${number}`;
    seen.add(distinct);
    return distinct;
  });
}
