const LENGTH_MAX = 255;

/**
 * Names for the columns of a file that can all be declared: as they are written where that is possible, else
 * `column_1`, `name_2`. Two that differ in case only count as equal, as they do in SQL.
 */
export function columnNames(written: readonly string[]): string[] {
  const taken = new Set<string>();
  return written.map((name, i) => {
    const usable = name.trim() === '' ? `column_${i + 1}` : name.slice(0, LENGTH_MAX);
    return freeName(usable, taken, LENGTH_MAX);
  });
}

const FIELD_NAME = /^[a-z][a-z0-9_]{0,62}$/;
const FIELD_NAME_LENGTH_MAX = 63;

export function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name);
}

/** Field names for the names of a source, in order: `Cost: Total $` -> `cost_total`, `magType` -> `mag_type`. */
export function fieldNames(sources: readonly string[]): string[] {
  const taken = new Set(sources.filter(isFieldName));
  return sources.map((name, i) => {
    if (isFieldName(name)) return name;
    return freeName(snakeCase(name) || `field_${i + 1}`, taken, FIELD_NAME_LENGTH_MAX);
  });
}

function snakeCase(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (words === '') return '';
  return (/^[a-z]/.test(words) ? words : `n_${words}`).slice(0, FIELD_NAME_LENGTH_MAX).replace(/_+$/, '');
}

/** The name, or the first of `name_2`, `name_3`, ... that is not taken yet in any case; takes it. */
function freeName(name: string, taken: Set<string>, lengthMax: number): string {
  let free = name;
  for (let i = 2; taken.has(free.toLowerCase()); i++) {
    const suffix = `_${i}`;
    free = name.slice(0, lengthMax - suffix.length) + suffix;
  }
  taken.add(free.toLowerCase());
  return free;
}
