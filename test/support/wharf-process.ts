/** Wharf as its users run it: a process of its own, stopped by the test that started it. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../src/base/entry.ts';
import { findServer } from '../../src/runtime/find-server.ts';
import { patientFetch } from './patient-fetch.ts';

const START_DEADLINE_MS = 120_000;
const READY_DEADLINE_MS = 300_000;
const POLL_MS = 40;

export interface WharfOptions {
  readonly mesh: string;
  readonly data: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of node itself. */
  readonly nodeArguments?: readonly string[];
  /** By the first line of its file, as a shell would, which sets the allocator of C; nothing else is told to node then. */
  readonly asCommand?: boolean;
  /** A program with its arguments that becomes the process, as `taskset -c 0`. */
  readonly launcher?: readonly string[];
}

export class WharfProcess {
  readonly #child: ChildProcess;
  readonly #data: string;
  readonly #ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #output = '';
  url = '';
  #secret = '';

  private constructor(child: ChildProcess, data: string) {
    this.#child = child;
    this.#data = data;
    child.stdout?.on('data', (chunk) => {
      this.#output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      this.#output += chunk;
    });
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  }

  /** Starts `wharf up` and waits until it listens. Throws with what it printed when it ends before. */
  static async start(options: WharfOptions): Promise<WharfProcess> {
    const wharf = WharfProcess.spawn(options);
    if (await wharf.serves()) return wharf;
    await wharf.kill();
    throw new Error(`wharf did not start:\n${wharf.#output}`);
  }

  /** Resolves to true as soon as it listens, and to false when it ended before, or takes too long. */
  async serves(): Promise<boolean> {
    const deadline = Date.now() + START_DEADLINE_MS;
    while (Date.now() < deadline) {
      const server = await findServer(this.#data);
      if (server && server.pid === this.pid) {
        this.url = server.url;
        this.#secret = server.secret;
        return true;
      }
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return false;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return false;
  }

  /** Starts it without waiting; for processes that are meant to be killed on their way. */
  static spawn(options: WharfOptions): WharfProcess {
    const [command = process.execPath, ...args] = [
      ...(options.launcher ?? []),
      ...(options.asCommand ? [] : [process.execPath, ...(options.nodeArguments ?? [])]),
      path.join(packageRoot, 'bin', 'wharf.js'),
      'up',
      options.mesh,
      '--data',
      options.data,
      '--port',
      '0',
    ];
    return new WharfProcess(
      spawn(command, args, {
        env: { ...process.env, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
      options.data,
    );
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get output(): string {
    return this.#output;
  }

  get ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return this.#ended;
  }

  async get<T>(target: string): Promise<T> {
    const response = await patientFetch(`${this.url}${target}`, { headers: { Accept: 'application/json' } });
    if (!response.ok) throw new Error(`${target} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** As the operator's own commands ask. */
  async post<T>(target: string): Promise<T> {
    const headers = { Accept: 'application/json', Authorization: `Bearer ${this.#secret}` };
    const response = await patientFetch(`${this.url}${target}`, { method: 'POST', headers });
    if (!response.ok) throw new Error(`${target} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Until every source has been read to its end. */
  async untilReady(deadlineMs = READY_DEADLINE_MS): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const response = await fetch(`${this.url}/readyz`);
      if (response.ok) return;
      if (Date.now() > deadline)
        throw new Error(
          `not ready: ${await response.text()}\n${JSON.stringify(await this.get('/api/status'))}\n${this.#output}`,
        );
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
