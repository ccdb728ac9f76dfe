/** A link of RFC 8288. */
export interface Link {
  readonly href: string;
  readonly rel: string;
}

/** `</rows?after=x>; rel="next"`. Addresses must be encoded already. */
export function encodeLinks(links: readonly Link[]): string {
  return links.map(({ href, rel }) => `<${href}>; rel="${rel}"`).join(', ');
}

const LINK = /<([^<>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]+))?)*)/g;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i;

/** The address of the first link with this relation; undefined when there is none. */
export function linkOf(header: string, rel: string): string | undefined {
  for (const [, href, parameters = ''] of header.matchAll(LINK)) {
    const [, quoted, plain] = REL.exec(parameters) ?? [];
    const relations = (quoted ?? plain ?? '').toLowerCase().split(/\s+/);
    if (relations.includes(rel)) return href;
  }
  return undefined;
}
