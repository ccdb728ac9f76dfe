/** A TCP proxy before a server, which can cut what the server answers to a message after so many bytes. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut: { readonly marker: Buffer; left: number } | undefined;
  #cuts = 0;
  #answered = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on('connection', (client) => proxy.#join(client, connect(port, '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** How often a connection was cut. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Bytes of the answer that came before the last cut, and were passed on. */
  get answered(): number {
    return this.#answered;
  }

  /** Of the next message that holds the text, the answer breaks off after so many bytes; with -1 the message does not even arrive. */
  cutAnswerTo(marker: string, afterBytes: number): void {
    this.#cut = { marker: Buffer.from(marker), left: afterBytes };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    let left: number | undefined;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.on('data', (bytes) => {
      if (this.#cut && bytes.includes(this.#cut.marker)) {
        left = this.#cut.left;
        this.#cut = undefined;
        this.#answered = Math.max(0, left);
        if (left < 0) {
          this.#cuts += 1;
          return end();
        }
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (left === undefined) return void client.write(bytes);
      if (bytes.length < left) {
        left -= bytes.length;
        return void client.write(bytes);
      }
      this.#cuts += 1;
      client.end(bytes.subarray(0, left), end);
    });
  }
}
