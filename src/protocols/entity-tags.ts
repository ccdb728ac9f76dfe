/** True when an If-None-Match header (RFC 9110, 13.1.2) names the tag: compared weakly, `*` names any. */
export function isNoneMatchHit(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((given) => given.trim().replace(/^W\//, '') === tag);
}
