/** The names of an option that lists them with commas between; undefined when it was not given. */
export function listOption(value: unknown): string[] | undefined {
  if (typeof value !== 'string') return undefined;
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
