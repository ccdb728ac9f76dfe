/**
 * JSON in which no number is rounded: one that JavaScript would write differently stays the text that it was (`9007199254740993`,
 * `19.90`). Cells show text, so nothing else has to know.
 */
const TEXTS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function parseExact<T>(json: string): T {
  const exact = json.replace(TEXTS_AND_NUMBERS, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`,
  );
  return JSON.parse(exact) as T;
}
