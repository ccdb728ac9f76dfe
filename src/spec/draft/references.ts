/** The ways in which specs name products and their fields. */

export interface ProductReference {
  /** `flights.departures`. */
  readonly product: string;
  readonly major: number;
  /** `flights.departures@1`. */
  readonly id: string;
}

export interface FieldReference {
  readonly product: string;
  /** Undefined means the newest. */
  readonly major: number | undefined;
  /** Undefined means the first. */
  readonly dataset: string | undefined;
  readonly field: string;
}

const PRODUCT = /^([a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)@(0|[1-9][0-9]{0,8})$/;
const FIELD =
  /^([a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)(?:@(0|[1-9][0-9]{0,8}))?(?:\.([a-z][a-z0-9-]*))?\.([a-z][a-z0-9_]*)$/;

export function parseProductReference(text: string): ProductReference | undefined {
  const match = PRODUCT.exec(text);
  if (!match?.[1]) return undefined;
  return { product: match[1], major: Number(match[2]), id: text };
}

export function parseFieldReference(text: string): FieldReference | undefined {
  const match = FIELD.exec(text);
  if (!match?.[1] || !match[4]) return undefined;
  const major = match[2] === undefined ? undefined : Number(match[2]);
  return { product: match[1], major, dataset: match[3], field: match[4] };
}

/** The two sides of `airport -> airports.airports.iata`. */
export function parseFieldLink(
  text: string,
): { readonly field: string; readonly target: string } | undefined {
  const at = text.indexOf('->');
  return at < 0 ? undefined : { field: text.slice(0, at).trim(), target: text.slice(at + 2).trim() };
}
