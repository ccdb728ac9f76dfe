import { formatCount } from '../base/duration.ts';

/** `1 record`, `2,000 records`; `many` where an s is not enough. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
