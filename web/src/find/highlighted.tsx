const WORDS_MAX = 12;

/** The words that were searched for, marked where they begin a word of the text. */
export function Highlighted({ text, words }: { readonly text: string; readonly words: string }) {
  const wanted = words
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX);
  if (wanted.length === 0) return text;
  const parts = text.split(new RegExp(`(?<![\\p{L}\\p{N}])(${wanted.join('|')})`, 'giu'));
  return parts.map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name
    i % 2 === 1 ? <mark key={i}>{part}</mark> : part,
  );
}
