import type { QueryParameters } from '../answer/query-parameters.ts';

/** The path of the next page: the same query, going on after `token`. `path` is encoded already. */
export function nextHref(path: string, parameters: QueryParameters, token: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of parameters) if (name !== 'after') query.append(name, value);
  query.append('after', token);
  return `${path}?${readable(query.toString())}`;
}

/** Filters stay legible: these characters need no encoding in a query. */
function readable(query: string): string {
  return query.replaceAll(/%2C|%28|%29|%3A/g, decodeURIComponent);
}
