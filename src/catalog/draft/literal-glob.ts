import picomatch from 'picomatch';

/** A glob that matches this one path, and not what it would match as a glob itself: `data (1).csv`, `a[2].csv`. */
export function literalGlob(path: string): string {
  if (!picomatch.scan(path).isGlob) return path;
  return path.replace(/[[\]*?(){}!+@|]/g, (character) => (character === ']' ? '\\]' : `[${character}]`));
}
