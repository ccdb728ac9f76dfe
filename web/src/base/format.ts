/** Numbers, shares, spans of time and sizes as people read them, in the reader's own language of numbers. */
const counts = new Intl.NumberFormat();
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

export function count(value: number): string {
  return counts.format(value);
}

export function compactCount(value: number): string {
  return value < 10_000 ? count(value) : compact.format(value);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A number that is kept as text (see exact-json.ts) with its digits in groups and none of them lost. */
export function exactNumber(text: string): string {
  const parts = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (!parts) return text;
  return `${parts[1]}${(parts[2] ?? '').replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',')}${parts[3] ?? ''}`;
}

/** `0.9994` as `99.94 %`, with as many digits as it takes to tell it from 100 %. */
export function share(value: number): string {
  const percent = value * 100;
  if (percent === 100 || percent === 0) return `${percent} %`;
  const digits = percent > 99 ? Math.min(6, Math.max(2, Math.ceil(-Math.log10(100 - percent)) + 1)) : 1;
  // Rounded down: what is not all is never shown as all.
  const factor = 10 ** digits;
  return `${(Math.floor(percent * factor) / factor).toFixed(digits).replace(/\.?0+$/, '')} %`;
}

const SPANS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

export function span(ms: number): string {
  const [unit, name] = SPANS.find(([length]) => ms >= length) ?? [1, 'ms'];
  const value = ms / unit;
  return `${value < 10 && unit > 1_000 ? Math.round(value * 10) / 10 : Math.round(value)} ${name}`;
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'];

export function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1_000 ** power;
  return `${scaled < 10 && power > 0 ? scaled.toFixed(1) : Math.round(scaled)} ${SIZES[power]}`;
}
