/** The number of single-character edits (with swaps of neighbours) between two words, at most `most`. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      }
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? most + 1;
}

const CANDIDATES_MAX = 10_000;

/** The known name that the given one was probably meant to be; undefined when none is near. */
export function nearestName(given: string, known: Iterable<string>): string | undefined {
  const most = Math.max(1, Math.floor(given.length * 0.4));
  let best: string | undefined;
  let bestDistance = most + 1;
  let seen = 0;
  for (const name of known) {
    if (++seen > CANDIDATES_MAX) break;
    const far = distance(given.toLowerCase(), name.toLowerCase(), most);
    if (far < bestDistance) {
      best = name;
      bestDistance = far;
    }
  }
  return best;
}

/** `Did you mean "x"?`, or an empty text when no known name is near. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const name = nearestName(given, known);
  return name === undefined ? '' : `Did you mean "${name}"?`;
}
