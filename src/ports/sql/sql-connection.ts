/** One socket of a Postgres client: start-up, messages in turn, backpressure both ways. */
import type { Socket } from 'node:net';
import type { SqlHost } from '../../kit/sql.ts';
import * as backend from '../../protocols/postgres/backend-messages.ts';
import { type FrontendMessage, FrontendReader } from '../../protocols/postgres/frontend-reader.ts';
import { ProtocolViolation } from '../../protocols/postgres/protocol-violation.ts';
import { errorFields, SessionError } from './session-error.ts';
import { SERVER_PARAMETERS } from './session-settings.ts';
import { IDLE_OPEN_MS, MESSAGES_WAITING_MAX, STARTUP_MS } from './sql-limits.ts';
import { SqlSession } from './sql-session.ts';

/** The sessions of a listener by the numbers that a client cancels them with. */
export interface SessionNumbers {
  /** Registers a session; the numbers are told to its client alone. */
  add(session: SqlSession): { readonly pid: number; readonly secret: number };
  remove(pid: number): void;
  cancel(pid: number, secret: number): void;
}

export class SqlConnection {
  readonly #socket: Socket;
  readonly #host: SqlHost;
  readonly #numbers: SessionNumbers;
  readonly #reader = new FrontendReader();
  readonly #gone = new AbortController();
  readonly #waiting: FrontendMessage[] = [];
  #working = false;
  #session: SqlSession | undefined;
  #pid: number | undefined;
  #idle = new AbortController();

  constructor(socket: Socket, host: SqlHost, numbers: SessionNumbers) {
    this.#socket = socket;
    this.#host = host;
    this.#numbers = numbers;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    // What went wrong with a socket shows as its end.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#close());
    this.#endAfter(STARTUP_MS, '08000', 'The start-up took too long.');
  }

  end(): void {
    this.#fatal('57P01', 'Wharf is closing.');
  }

  #receive(bytes: Buffer): void {
    try {
      this.#waiting.push(...this.#reader.push(bytes));
    } catch (error) {
      if (!(error instanceof ProtocolViolation) && !(error instanceof RangeError)) throw error;
      this.#fatal('08P01', error.message);
      return;
    }
    if (this.#waiting.length > MESSAGES_WAITING_MAX) this.#socket.pause();
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    this.#idle.abort(new Error('busy'));
    try {
      for (let message = this.#waiting.shift(); message; message = this.#waiting.shift()) {
        await this.#handle(message);
        if (this.#waiting.length === 0) this.#socket.resume();
      }
      if (this.#session?.holdsStatement)
        this.#endAfter(
          IDLE_OPEN_MS,
          '25P03',
          'A statement was held open, and nothing was said, for too long.',
        );
    } catch (error) {
      if (!this.#gone.signal.aborted) {
        this.#host.log.error('SQL: a connection ended with an error', { cause: String(error) });
        this.#fatal('XX000', 'Something went wrong on our side; the log has the details.');
      }
    }
    this.#working = false;
  }

  async #handle(message: FrontendMessage): Promise<void> {
    switch (message.kind) {
      case 'ssl-request':
      case 'gss-request':
        // What was sent in clear behind the request must not be taken for what a secured client says.
        if (this.#reader.holdsBytes || this.#waiting.length > 0)
          return this.#fatal(
            '08P01',
            'Bytes were received after the request for encryption, before its answer.',
          );
        return this.#send(Buffer.from('N'));
      case 'cancel':
        this.#numbers.cancel(message.pid, message.secret);
        this.#socket.end();
        return;
      case 'startup':
        return this.#start(message.parameters);
      case 'terminate':
        this.#socket.end();
        return;
      case 'unknown':
        return this.#fatal('08P01', `There is no message of type ${JSON.stringify(message.type)}.`);
      default:
        return this.#session?.handle(message);
    }
  }

  async #start(parameters: ReadonlyMap<string, string>): Promise<void> {
    this.#idle.abort(new Error('started'));
    const database = parameters.get('database') ?? parameters.get('user') ?? '';
    if (database.toLowerCase() !== this.#host.mesh)
      return this.#fatal(
        '3D000',
        `There is no database "${database}" here; the mesh is called "${this.#host.mesh}".`,
      );
    const principal = await this.#host.signIn(parameters.get('user') ?? '', undefined);
    if (!principal) return this.#fatal('28P01', 'The user name or password is wrong.');
    const session = new SqlSession({
      host: this.#host,
      principal,
      send: (bytes) => this.#send(bytes),
      gone: this.#gone.signal,
    });
    this.#session = session;
    const { pid, secret } = this.#numbers.add(session);
    this.#pid = pid;
    const name = parameters.get('application_name') ?? '';
    session.settings.set('application_name', name);
    const told = Object.entries({ ...SERVER_PARAMETERS, application_name: name });
    await this.#send(
      Buffer.concat([
        backend.authenticationOk(),
        ...told.map(([key, value]) => backend.parameterStatus(key, value)),
        backend.backendKeyData(pid, secret),
        backend.readyForQuery('I'),
      ]),
    );
  }

  #send(bytes: Uint8Array): Promise<void> {
    if (this.#gone.signal.aborted) return Promise.reject(new Error('The client is gone.'));
    if (this.#socket.write(bytes)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settled = new AbortController();
      const done = () => {
        settled.abort();
        this.#socket.off('drain', done);
        resolve();
      };
      this.#socket.once('drain', done);
      const { signal } = this.#gone;
      signal.addEventListener('abort', () => reject(new Error('The client is gone.')), {
        once: true,
        signal: settled.signal,
      });
    });
  }

  #endAfter(ms: number, state: string, message: string): void {
    this.#idle = new AbortController();
    this.#host.clock.sleep(ms, this.#idle.signal).then(
      () => this.#fatal(state, message),
      // It went on in time.
      () => undefined,
    );
  }

  #fatal(state: string, message: string): void {
    const fields = errorFields(new SessionError(state, message));
    if (this.#socket.writable) this.#socket.end(backend.errorResponse({ ...fields, severity: 'FATAL' }));
    else this.#socket.destroy();
  }

  #close(): void {
    this.#idle.abort(new Error('closed'));
    this.#gone.abort(new Error('The client is gone.'));
    if (this.#pid !== undefined) this.#numbers.remove(this.#pid);
    this.#session
      ?.close()
      .catch((error: unknown) =>
        this.#host.log.error('SQL: a session did not close', { cause: String(error) }),
      );
  }
}
