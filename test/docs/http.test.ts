/** The page about HTTP: each of its exchanges is made, in order, and the answer is what the page shows. `...` stands for anything. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { meshFolder } from '../support/mesh-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const PAGE = readFileSync(path.join(packageRoot, 'docs', 'http.md'), 'utf8');
const SPEC = /^```yaml\n(.*?)^```$/ms.exec(PAGE)?.[1] ?? '';

interface Message {
  readonly first: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

interface Exchange {
  readonly request: Message;
  readonly answer: Message;
}

/** A first line, lines of headers, and after an empty line the body. */
function message(text: string): Message {
  const [head = '', ...body] = text.trim().split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const headers = lines.map((line) => line.split(/: (.*)/s) as [string, string]);
  return {
    first,
    headers: new Map(headers.map(([name, value]) => [name, value])),
    body: body.join('\n\n'),
  };
}

const exchanges: Exchange[] = [...PAGE.matchAll(/^```http\n(.*?)^```$/gms)].map(([, block = '']) => {
  const at = block.search(/^\d{3}$/m);
  return { request: message(block.slice(0, at)), answer: message(block.slice(at)) };
});

/** Puts what was found in the place of every `...`. */
function filledIn(shown: unknown, found: unknown): unknown {
  if (shown === '...') return found;
  if (Array.isArray(shown))
    return shown.map((item, i) => filledIn(item, (found as unknown[] | undefined)?.[i]));
  if (typeof shown !== 'object' || shown === null) return shown;
  const members = Object.entries(shown);
  return Object.fromEntries(
    members.map(([name, value]) => [
      name,
      filledIn(value, (found as Record<string, unknown> | undefined)?.[name]),
    ]),
  );
}

/** The beginning of a body, as far as the page shows it; a stream would never end. */
async function bodyOf(response: Response, isStream: boolean): Promise<string> {
  if (!isStream) return response.text();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (/^data: .*\n\n/m.test(text)) break;
  }
  return text;
}

describe('the page about HTTP', () => {
  let skyline: WharfProcess;
  let shop: WharfProcess;
  const etags = new Map<string, string>();

  beforeAll(async () => {
    const mesh = await meshFolder({ 'shop/orders.product.yaml': SPEC });
    skyline = await WharfProcess.start({
      mesh: path.join(packageRoot, 'examples', 'skyline'),
      data: await temporaryFolder('http-page'),
    });
    shop = await WharfProcess.start({ mesh, data: await temporaryFolder('http-page-shop') });
    await Promise.all([skyline.untilReady(), shop.untilReady()]);
  });
  afterAll(() => Promise.all([skyline?.stop(), shop?.stop()]));

  it('shows a good many exchanges', () => {
    expect(exchanges.length).toBeGreaterThan(12);
  });

  it.each(exchanges.map(({ request, answer }) => [request.first, request, answer] as const))(
    'tells what is answered to: %s',
    async (_name, request, shown) => {
      const [method = '', target = ''] = request.first.split(' ');
      const server = target.includes('/shop.') ? shop : skyline;
      const response = await fetch(`${server.url}${target}`, {
        method,
        headers: [...request.headers].map(([name, value]) => [
          name,
          value.replace('{etag}', etags.get(target) ?? ''),
        ]),
        ...(request.body === '' ? {} : { body: request.body }),
      });
      expect(String(response.status)).toBe(shown.first);
      for (const [name, value] of shown.headers)
        expect([name, response.headers.get(name)]).toEqual([name, value]);
      const type = response.headers.get('content-type') ?? '';
      const text = await bodyOf(response, type.startsWith('text/event-stream'));
      etags.set(target, response.headers.get('etag') ?? '');
      if (shown.body === '') return;
      if (/json/.test(type)) {
        const found = JSON.parse(text) as unknown;
        expect(found).toEqual(filledIn(JSON.parse(shown.body), found));
        return;
      }
      const pattern = shown.body.split('...').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      expect(text.trim()).toMatch(new RegExp(`^${pattern.join('.*')}$`));
    },
  );
});
