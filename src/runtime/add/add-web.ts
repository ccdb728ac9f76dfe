/** `wharf add https://...`: asks once, as the input `http` will ask again and again, and writes the spec of a product that does. */
import { systemClock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import { draftFromBytes } from '../../catalog/draft-from-bytes.ts';
import type { ProductDraft } from '../../catalog/draft-product.ts';
import { revealFrom } from '../../kit/connection.ts';
import { checkStatus } from '../../kit/web/check-status.ts';
import { shownAddress } from '../../kit/web/shown-address.ts';
import { unreachable, WebClient } from '../../kit/web/web-client.ts';
import { webTarget } from '../../kit/web/web-target.ts';
import type { Connection, Mesh } from '../../spec/model.ts';
import { type AddOptions, onlyDomain, ownerOf, writeDraft } from './add-product.ts';
import { bounded, isUrl } from './bring-file.ts';
import './errors.ts';

const ANSWER_DEADLINE_MS = 3_600_000;
const ACCEPT = 'application/json, application/x-ndjson, text/csv;q=0.9, */*;q=0.5';

export interface AddedFromWeb {
  /** Without its query. */
  readonly address: string;
  readonly draft: ProductDraft;
  readonly spec: string;
}

/** True for what the input `http` reads: no file's path, nothing packed, and no Parquet. */
export function isAsked(source: string): boolean {
  return isUrl(source) && !/\.(parquet|gz)$/i.test(new URL(source).pathname);
}

/** Throws what asking, drafting and writing throw, and ADD_SECRET. */
export async function addWeb(options: AddOptions): Promise<AddedFromWeb> {
  const { mesh } = options;
  const url = new URL(options.source);
  if (url.username !== '' || url.password !== '')
    throw new WharfError('ADD_SECRET', `The address "${shownAddress(url)}" holds a user or a password.`, {
      hint: 'Write a connection of type http into mesh.yaml, with user and password as references to the environment, and add the address without them.',
    });
  const connection = connectionTo(mesh, url);
  const domain = options.domain ?? onlyDomain(mesh);
  const owner = options.owner ?? ownerOf(mesh, domain);
  const address = shownAddress(url);
  const draft = await ask(url, connection, (chunks) =>
    draftFromBytes({
      name: nameOf(url),
      domain,
      path: address,
      schema: options.schema,
      ...(connection === undefined
        ? { url: url.href }
        : { connection: connection.name, url: pathBehind(connection, url) }),
      ...(owner ? { owner } : {}),
      chunks: bounded(chunks, address),
    }),
  );
  return { address, draft, spec: await writeDraft(mesh, draft) };
}

async function ask<T>(
  url: URL,
  connection: Connection | undefined,
  read: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const asked = { url: url.href, headers: undefined, connection, reveal: revealFrom(process.env) };
  const { credentials, privateOrigin } = webTarget(asked);
  const client = new WebClient({ privateOrigin });
  try {
    const signal = AbortSignal.timeout(ANSWER_DEADLINE_MS);
    const headers = { accept: ACCEPT, 'accept-encoding': 'gzip' };
    const answer = await client.send({ url, method: 'GET', headers, credentials, signal });
    await checkStatus(answer, systemClock.nowMs());
    return await read(told(answer.body, url));
  } finally {
    client.close();
  }
}

async function* told(chunks: AsyncIterable<Uint8Array>, url: URL): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (thrown) {
    throw unreachable(url, thrown);
  }
}

/** The mesh's own way to that server, with its credentials and leave for private networks; the one that says most of the address. */
function connectionTo(mesh: Mesh, url: URL): Connection | undefined {
  const length = ({ options }: Connection) => String(options.url).length;
  return mesh.connections
    .filter(({ type, options }) => type === 'http' && isBelow(String(options.url), url))
    .sort((a, b) => length(b) - length(a))[0];
}

function isBelow(base: string, url: URL): boolean {
  return URL.canParse(base) && new URL(base).origin === url.origin;
}

function pathBehind({ options }: Connection, url: URL): string {
  const base = new URL('.', String(options.url)).href;
  return url.href.startsWith(base) && url.href.length > base.length
    ? url.href.slice(base.length)
    : url.pathname + url.search;
}

/** Of the last part of the path that has a letter, else of the host. */
function nameOf({ pathname, hostname }: URL): string {
  const parts = pathname.split('/').filter((part) => /[a-z]/i.test(part));
  return decodeURIComponent(parts.at(-1) ?? hostname).replace(/[^A-Za-z0-9._-]/g, '-');
}
