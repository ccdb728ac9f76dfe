/** Where requests of an input or delivery go, from its own options and those of its connection. */
import { WharfError } from '../../base/errors.ts';
import type { NamedConnection, Reveal } from '../connection.ts';
import type { WebRequest } from './web-client.ts';
import '../errors.ts';

export interface WebTarget {
  readonly url: URL;
  readonly credentials: NonNullable<WebRequest['credentials']>;
  /** The connection's, where it may be in a private network. */
  readonly privateOrigin: string | undefined;
}

/** Throws WEB_ADDRESS_INVALID, REFERENCE_UNSET. Headers, those of the connection too, go to the first origin only. */
export function webTarget(options: {
  readonly url: string;
  readonly headers: unknown;
  readonly connection: NamedConnection | undefined;
  readonly reveal: Reveal;
}): WebTarget {
  const { connection, reveal } = options;
  const of = connection?.options ?? {};
  const base = of.url === undefined ? undefined : parse(String(of.url), undefined);
  const url = parse(reveal(options.url), base);
  const trusted = base === undefined || base.origin === url.origin;
  const headers = {
    ...(trusted ? { ...authorization(of, reveal), ...headersOf(of.headers, reveal) } : {}),
    ...headersOf(options.headers, reveal),
  };
  const privateOrigin = of.private === true ? base?.origin : undefined;
  return { url, credentials: { origin: url.origin, headers }, privateOrigin };
}

function authorization(of: NamedConnection['options'], reveal: Reveal): Record<string, string> {
  if (of.token !== undefined) return { authorization: `Bearer ${reveal(String(of.token))}` };
  if (of.user === undefined) return {};
  const pair = `${reveal(String(of.user))}:${reveal(String(of.password ?? ''))}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function headersOf(headers: unknown, reveal: Reveal): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), reveal(String(value))]),
  );
}

function parse(text: string, base: URL | undefined): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const shown = text.replace(/[?#].*$/s, '').slice(0, 200);
  throw new WharfError('WEB_ADDRESS_INVALID', `"${shown}" is not an address of the web.`, {
    hint: 'Write https://..., or name a connection of type http and write the path behind its address.',
  });
}
