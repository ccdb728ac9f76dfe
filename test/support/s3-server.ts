/**
 * A small local object store that speaks as Amazon S3 does, for tests: lists in pages, objects with tags, and, when told to,
 * errors, slowness, answers that are cut off, and lists that are behind. It checks that requests are signed with its key.
 */
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Trouble {
  readonly status?: number;
  readonly slowMs?: number;
  readonly cutAfter?: number;
  /** The connection breaks before anything took effect. */
  readonly cutUpload?: boolean;
}

interface Stored {
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: Date;
}

const PAGE_KEYS = 3;

export class S3Server {
  readonly objects = new Map<string, Stored>();
  /** `GET /bucket/key` of all requests. */
  readonly asked: string[] = [];
  /** What goes wrong with the next requests, one each. */
  readonly troubles: (Trouble | undefined)[] = [];
  /** Parts of uploads that were not put together yet. */
  readonly uploads = new Map<string, Map<number, Buffer>>();
  /** When set, lists show this instead. */
  stale: ReadonlyMap<string, Stored> | undefined;
  readonly #server: http.Server;

  private constructor() {
    this.#server = http.createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<S3Server> {
    const server = new S3Server();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get connection() {
    const keys = { access_key: 'test-key', secret_key: 'test-secret' };
    const options = { bucket: 'lake', endpoint: this.endpoint, region: 'us-east-1', private: true, ...keys };
    return { name: 'lake', type: 's3', options };
  }

  put(key: string, body: string | Uint8Array, modified = new Date()): void {
    const bytes = Buffer.from(body);
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    this.objects.set(key, { body: bytes, etag, modified });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    this.asked.push(`${request.method} ${url.pathname}`);
    const body = await buffer(request);
    const trouble = this.troubles.shift();
    if (trouble?.cutUpload) return void request.socket.destroy();
    if (trouble?.slowMs) await new Promise((resolve) => setTimeout(resolve, trouble.slowMs));
    if (trouble?.status) return void response.writeHead(trouble.status).end();
    if (!request.headers.authorization?.includes('Credential=test-key/'))
      return void response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
    const [bucket, ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    const key = rest.join('/');
    if (bucket !== 'lake') return void response.writeHead(404).end();
    const isUpload = url.searchParams.has('uploads') || url.searchParams.has('uploadId');
    const answer =
      key === ''
        ? this.#list(url)
        : isUpload
          ? this.#upload(request.method ?? '', url, { key, body })
          : this.#object(request, key, body);
    response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length) });
    if (trouble?.cutAfter === undefined) return void response.end(answer.body);
    response.write(answer.body.subarray(0, trouble.cutAfter), () => response.destroy());
  }

  #object(request: http.IncomingMessage, key: string, body: Buffer) {
    const none = Buffer.alloc(0);
    const there = this.objects.get(key);
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    if (request.method === 'PUT') {
      if ((ifNoneMatch === '*' && there) || (ifMatch !== undefined && ifMatch !== there?.etag))
        return { status: 412, headers: {}, body: none };
      this.put(key, body);
      return { status: 200, headers: { etag: this.objects.get(key)?.etag ?? '' }, body: none };
    }
    if (request.method === 'DELETE') this.objects.delete(key);
    const found = this.objects.get(key);
    if (!found) return { status: request.method === 'DELETE' ? 204 : 404, headers: {}, body: none };
    if (ifMatch !== undefined && ifMatch !== found.etag) return { status: 412, headers: {}, body: none };
    return { status: 200, headers: { etag: found.etag }, body: request.method === 'GET' ? found.body : none };
  }

  #upload(method: string, url: URL, { key, body }: { readonly key: string; readonly body: Buffer }) {
    const id = url.searchParams.get('uploadId') ?? `upload-${this.asked.length}`;
    const parts = this.uploads.get(id) ?? new Map<number, Buffer>();
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const answered = (text: string) => ({ status: 200, headers: { etag }, body: Buffer.from(text) });
    if (method === 'POST' && url.searchParams.has('uploads')) {
      this.uploads.set(id, parts);
      return answered(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    if (!this.uploads.has(id)) return { status: 404, headers: {}, body: Buffer.alloc(0) };
    if (method === 'PUT') parts.set(Number(url.searchParams.get('partNumber')), body);
    else this.uploads.delete(id);
    if (method !== 'POST') return answered('');
    this.put(key, Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part)));
    return answered('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
  }

  #list(url: URL) {
    const prefix = url.searchParams.get('prefix') ?? '';
    const after = url.searchParams.get('continuation-token') ?? '';
    const all = [...(this.stale ?? this.objects)]
      .filter(([key]) => key.startsWith(prefix) && key > after)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const page = all.slice(0, PAGE_KEYS);
    const contents = page.map(
      ([key, { body, etag, modified }]) =>
        `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>${modified.toISOString()}</LastModified><ETag>${etag.replaceAll('"', '&quot;')}</ETag><Size>${body.length}</Size></Contents>`,
    );
    const more = all.length > page.length;
    const next = more ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : '';
    const xml = `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
    return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
  }
}
