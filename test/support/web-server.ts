/** A small local web server for tests: answers as the test says, and remembers what it was asked. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Break the connection off after so many bytes of the body. */
  readonly cutAfter?: number;
}

export class WebServer {
  readonly asked: Asked[] = [];
  readonly #server: http.Server;
  answer: (asked: Asked, count: number) => Answer;

  private constructor(answer: WebServer['answer']) {
    this.answer = answer;
    this.#server = http.createServer((request, response) => void this.#answer(request, response));
  }

  static async start(answer: WebServer['answer']): Promise<WebServer> {
    const server = new WebServer(answer);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As a connection of a mesh that allows it. */
  get connection() {
    return { name: 'local', type: 'http', options: { url: this.origin, private: true } };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const asked = { method: request.method ?? '', url, headers: request.headers, body: await text(request) };
    this.asked.push(asked);
    const { status = 200, headers = {}, body = '', cutAfter } = this.answer(asked, this.asked.length);
    const bytes = Buffer.from(body);
    response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
    if (cutAfter === undefined) return void response.end(bytes);
    response.write(bytes.subarray(0, cutAfter), () => response.destroy());
  }
}
