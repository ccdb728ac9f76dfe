/** Letters of other scripts that people cannot tell from Latin ones. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аαａ',
    b: 'ьЬｂ',
    c: 'сϲｃ',
    d: 'ԁｄ',
    e: 'еєｅ',
    g: 'ɡｇ',
    h: 'һｈ',
    i: 'іιıｉ',
    j: 'јｊ',
    k: 'кκｋ',
    l: 'ӏⅼｌ',
    m: 'мⅿｍ',
    n: 'ոｎ',
    o: 'оοｏ',
    p: 'рρｐ',
    q: 'ԛｑ',
    r: 'гｒ',
    s: 'ѕｓ',
    t: 'тτｔ',
    u: 'υսｕ',
    v: 'νѵｖ',
    w: 'ԝωｗ',
    x: 'хχｘ',
    y: 'уγｙ',
    z: 'ᴢｚ',
    '-': '‐‑‒–—−',
    '.': '․',
  }).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);

export interface LookAlike {
  readonly found: string;
  /** `U+0430`. */
  readonly codePoint: string;
  readonly latin: string;
}

/** The first character of a text that only looks like a Latin letter, a hyphen or a dot. */
export function findLookAlike(text: string): LookAlike | undefined {
  for (const found of text) {
    const latin = LOOK_ALIKES.get(found) ?? LOOK_ALIKES.get(found.toLowerCase());
    if (latin === undefined || found.charCodeAt(0) < 128) continue;
    const codePoint = `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    return { found, codePoint, latin };
  }
  return undefined;
}
