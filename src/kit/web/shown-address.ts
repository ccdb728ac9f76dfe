/** An address for messages: without its query, where keys may stand. */
export function shownAddress(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
