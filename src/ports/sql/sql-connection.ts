/** One socket of a Postgres client: start-up, messages in turn, backpressure both ways. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SqlHost, SqlPrincipal } from '../../kit/sql.ts';
import * as backend from '../../protocols/postgres/backend-messages.ts';
import { type FrontendMessage, FrontendReader } from '../../protocols/postgres/frontend-reader.ts';
import { ProtocolViolation } from '../../protocols/postgres/protocol-violation.ts';
import { Outgoing } from './outgoing.ts';
import { errorFields, SessionError } from './session-error.ts';
import { SERVER_PARAMETERS } from './session-settings.ts';
import { ClearSignIn, ScramSignIn } from './sign-in.ts';
import { IDLE_OPEN_MS, MESSAGES_WAITING_MAX, STARTUP_MS, WRONG_PASSWORD_MS } from './sql-limits.ts';
import { SqlSession } from './sql-session.ts';

/** The sessions of a listener by the numbers that a client cancels them with. */
export interface SessionNumbers {
  /** Registers a session; the numbers are told to its client alone. */
  add(session: SqlSession): { readonly pid: number; readonly secret: number };
  remove(pid: number): void;
  cancel(pid: number, secret: number): void;
}

export interface ConnectionOptions {
  readonly host: SqlHost;
  readonly numbers: SessionNumbers;
}

type StartParameters = ReadonlyMap<string, string>;

/** Only this machine can be at the other end. */
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

export class SqlConnection {
  #socket: Socket;
  readonly #host: SqlHost;
  readonly #numbers: SessionNumbers;
  readonly #reader = new FrontendReader();
  readonly #gone = new AbortController();
  readonly #out: Outgoing;
  readonly #waiting: FrontendMessage[] = [];
  #working = false;
  #signIn: { readonly exchange: ScramSignIn | ClearSignIn; readonly parameters: StartParameters } | undefined;
  #session: SqlSession | undefined;
  #pid: number | undefined;
  /** Ends the wait for a client that says nothing. */
  #idle: AbortController | undefined;

  constructor(socket: Socket, { host, numbers }: ConnectionOptions) {
    this.#socket = socket;
    this.#out = new Outgoing(socket, this.#gone.signal);
    this.#host = host;
    this.#numbers = numbers;
    socket.setNoDelay(true);
    this.#listen(socket);
    socket.once('close', () => this.#close());
    this.#endAfter(STARTUP_MS, '08000', 'The start-up took too long.');
  }

  get isSignedIn(): boolean {
    return this.#session !== undefined;
  }

  /** Turns the client away. */
  refuse(state: string, message: string): void {
    this.#fatal(state, message);
  }

  end(): void {
    this.#fatal('57P01', 'Wharf is closing.');
  }

  #listen(socket: Socket): void {
    socket.on('data', this.#receive);
    // What went wrong with a socket shows as its end.
    socket.on('error', () => socket.destroy());
  }

  readonly #receive = (bytes: Buffer): void => {
    try {
      this.#waiting.push(...this.#reader.push(bytes));
    } catch (error) {
      if (!(error instanceof ProtocolViolation) && !(error instanceof RangeError)) throw error;
      this.#fatal('08P01', error.message);
      return;
    }
    if (this.#waiting.length > MESSAGES_WAITING_MAX) this.#socket.pause();
    void this.#work();
  };

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    // The time for signing in goes on whatever is said.
    if (this.#session) this.#goOn();
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
        return this.#encrypt(message.kind);
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
      case 'password':
        return this.#password(message.body);
      default:
        if (this.#session) return this.#session.handle(message);
        return this.#fatal('08P01', `A message of kind "${message.kind}" came before its sender signed in.`);
    }
  }

  async #encrypt(kind: 'ssl-request' | 'gss-request'): Promise<void> {
    // What was sent in clear behind the request must not be taken for what a secured client says.
    if (this.#reader.holdsBytes || this.#waiting.length > 0)
      return this.#fatal('08P01', 'Bytes were received after the request for encryption, before its answer.');
    if (this.#socket instanceof TLSSocket)
      return this.#fatal('08P01', 'The connection is encrypted already.');
    const { tls } = this.#host;
    if (kind === 'gss-request' || !tls) return this.#out.send(Buffer.from('N'));
    const plain = this.#socket;
    plain.off('data', this.#receive);
    plain.write('S');
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext: tls.context });
    this.#out.moveTo(this.#socket);
    this.#listen(this.#socket);
  }

  async #start(parameters: StartParameters): Promise<void> {
    const isEncrypted = this.#socket instanceof TLSSocket;
    if (this.#host.tls?.isNeeded && !isEncrypted)
      return this.#fatal('28000', 'This address is for connections over TLS only: sslmode=require.');
    const user = parameters.get('user') ?? '';
    const database = parameters.get('database') ?? user;
    if (database.toLowerCase() !== this.#host.mesh)
      return this.#fatal(
        '3D000',
        `There is no database "${database}" here; the mesh is called "${this.#host.mesh}".`,
      );
    const asked = await this.#host.signIn(
      user,
      isEncrypted || LOOPBACK.test(this.#socket.remoteAddress ?? ''),
    );
    if (asked.kind === 'open') return this.#open(asked.principal, parameters);
    const exchange = asked.kind === 'clear' ? new ClearSignIn(asked) : new ScramSignIn(asked);
    this.#signIn = { exchange, parameters };
    // Its time goes on: who does not answer is ended.
    return this.#out.send(this.#signIn.exchange.request);
  }

  async #password(body: Buffer): Promise<void> {
    if (!this.#signIn) return this.#fatal('08P01', 'No password was asked for.');
    const { exchange, parameters } = this.#signIn;
    try {
      const step = await exchange.answer(body);
      if (step?.kind === 'say') return await this.#out.send(step.bytes);
      if (step) return await this.#open(step.principal, parameters, step.bytes);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      return this.#fatal('08P01', error.message);
    }
    await this.#host.clock.sleep(WRONG_PASSWORD_MS, this.#gone.signal);
    this.#fatal('28P01', 'The user name or password is wrong.');
  }

  /** `before` goes out before all that a session begins with. */
  async #open(
    principal: SqlPrincipal,
    parameters: StartParameters,
    before: Buffer = Buffer.alloc(0),
  ): Promise<void> {
    this.#goOn();
    this.#signIn = undefined;
    const session = new SqlSession({
      host: this.#host,
      principal,
      send: (bytes) => this.#out.send(bytes),
      gone: this.#gone.signal,
    });
    this.#session = session;
    const { pid, secret } = this.#numbers.add(session);
    this.#pid = pid;
    const name = parameters.get('application_name') ?? '';
    session.settings.set('application_name', name);
    const told = Object.entries({ ...SERVER_PARAMETERS, application_name: name });
    await this.#out.send(
      Buffer.concat([
        before,
        backend.authenticationOk(),
        ...told.map(([key, value]) => backend.parameterStatus(key, value)),
        backend.backendKeyData(pid, secret),
        backend.readyForQuery('I'),
      ]),
    );
  }

  #endAfter(ms: number, state: string, message: string): void {
    this.#goOn();
    this.#idle = new AbortController();
    this.#host.clock.sleep(ms, this.#idle.signal).then(
      () => this.#fatal(state, message),
      // It went on in time.
      () => undefined,
    );
  }

  #goOn(): void {
    this.#idle?.abort(new Error('It went on.'));
    this.#idle = undefined;
  }

  #fatal(state: string, message: string): void {
    const fields = errorFields(new SessionError(state, message));
    if (this.#socket.writable) this.#socket.end(backend.errorResponse({ ...fields, severity: 'FATAL' }));
    else this.#socket.destroy();
  }

  #close(): void {
    this.#goOn();
    this.#gone.abort(new Error('The client is gone.'));
    if (this.#pid !== undefined) this.#numbers.remove(this.#pid);
    this.#session
      ?.close()
      .catch((error: unknown) =>
        this.#host.log.error('SQL: a session did not close', { cause: String(error) }),
      );
  }
}
