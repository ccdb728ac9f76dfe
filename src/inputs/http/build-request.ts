import type { Reveal } from '../../kit/connection.ts';
import type { WebTarget } from '../../kit/web/web-target.ts';
import type { PageState } from './http-cursor.ts';
import type { HttpOptions } from './http-options.ts';

export interface PageRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
}

/** What to ask for a page. `since`: the value that an incremental look asks from. */
export function buildRequest(
  options: HttpOptions,
  target: WebTarget,
  reveal: Reveal,
  { page, since }: { readonly page: PageState; readonly since: string | undefined },
): PageRequest {
  const { method, paging, incremental } = options;
  const url = new URL(page.url ?? target.url.href);
  const parameters: Record<string, string> = {};
  // An address that leads to the next page carries its parameters itself.
  if (page.url === undefined) {
    for (const [name, value] of Object.entries(options.query))
      url.searchParams.set(name, reveal(String(value)));
    if (incremental && since !== undefined) parameters[incremental.parameter] = since;
    if (paging?.sizeParameter && paging.size !== undefined)
      parameters[paging.sizeParameter] = String(paging.size);
    const counted = paging?.by === 'page' || paging?.by === 'offset' ? String(paging.start) : undefined;
    const value = page.value ?? counted;
    if (paging && paging.by !== 'link' && value !== undefined) parameters[paging.parameter] = value;
  }
  if (method === 'GET') {
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { url, method };
  }
  const body = options.body ?? {};
  const members = typeof body === 'object' && !Array.isArray(body) ? { ...body, ...parameters } : body;
  return { url, method, body: revealed(members, reveal) };
}

/** References are replaced in texts, so that a value may hold any character. */
function revealed(body: unknown, reveal: Reveal): string {
  return JSON.stringify(body, (_, value: unknown) => (typeof value === 'string' ? reveal(value) : value));
}
