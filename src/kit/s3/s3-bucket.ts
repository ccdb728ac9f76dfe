/** A bucket of an object store, as a connection of type s3 names it: signed requests through the guarded client. */
import { AwsV4Signer } from 'aws4fetch';
import type { NamedConnection, Reveal } from '../connection.ts';
import { type WebAnswer, WebClient, type WebRequest } from '../web/web-client.ts';

export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
}

export class S3Bucket {
  /** `s3://bucket`, for messages. */
  readonly shown: string;
  readonly #connection: NamedConnection;
  readonly #reveal: Reveal;
  readonly #base: URL;
  readonly #client: WebClient;

  constructor(connection: NamedConnection, reveal: Reveal) {
    const { bucket, endpoint, region, private: mayBePrivate } = connection.options;
    this.#connection = connection;
    this.#reveal = reveal;
    this.shown = `s3://${String(bucket)}`;
    const store = endpoint === undefined ? `https://s3.${String(region)}.amazonaws.com` : String(endpoint);
    this.#base = new URL(`${store.replace(/\/$/, '')}/${encodeURIComponent(String(bucket))}/`);
    this.#client = new WebClient({ privateOrigin: mayBePrivate === true ? this.#base.origin : undefined });
  }

  close(): void {
    this.#client.close();
  }

  /** Throws as `WebClient.send`, and REFERENCE_UNSET. The answer's status is the caller's to check. */
  async send({ method, key, query = {}, headers = {}, body, signal }: S3Request): Promise<WebAnswer> {
    const url = new URL(key.split('/').map(encodeURIComponent).join('/'), this.#base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const signed = await this.#sign(method, url, headers, body);
    const request: WebRequest = {
      url,
      method,
      headers: {},
      credentials: { origin: url.origin, headers: signed },
      signal,
    };
    return this.#client.send(body === undefined ? request : { ...request, body });
  }

  async #sign(
    method: string,
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array | undefined,
  ): Promise<Record<string, string>> {
    const { access_key: id, secret_key: secret, session_token: token, region } = this.#connection.options;
    if (id === undefined || secret === undefined) return { ...headers };
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers },
      accessKeyId: this.#reveal(String(id)),
      secretAccessKey: this.#reveal(String(secret)),
      ...(token === undefined ? {} : { sessionToken: this.#reveal(String(token)) }),
      service: 's3',
      region: String(region),
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    });
    const signed = await signer.sign();
    return Object.fromEntries(signed.headers.entries());
  }
}
