/** A link of RFC 8288. */
export interface Link {
  readonly href: string;
  readonly rel: string;
}

/** `</rows?after=x>; rel="next"`. Addresses must be encoded already. */
export function encodeLinks(links: readonly Link[]): string {
  return links.map(({ href, rel }) => `<${href}>; rel="${rel}"`).join(', ');
}
