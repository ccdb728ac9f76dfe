/**
 * The guests of a platform. Each runs one consumer's statement at a time; whoever has one keeps it until its statement is closed.
 * Those who wait take turns by consumer, so that one with a hundred statements does not keep another with one waiting for all of them.
 *
 * A guest that was used under one access is not given to another: its databases hold what that one may see.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { WharfError } from '../base/errors.ts';
import { ConsumerWork } from './consumer-work.ts';
import './errors.ts';
import type {
  GuestBase,
  GuestDescription,
  GuestPage,
  GuestParam,
  GuestQuery,
  GuestStarted,
  RowFormat,
} from './guest-messages.ts';
import { GuestProcess } from './guest-process.ts';
import { GuestQueue } from './guest-queue.ts';
import { HeldStatement, longestIdle, type RunningStatement } from './held-statement.ts';
import { type Guest, IdleGuests } from './idle-guests.ts';
import {
  GUEST_DEADLINE_MS,
  GUEST_IDLE_MS,
  GUEST_MEMORY_MB,
  GUEST_OLD_MS,
  GUEST_SPILL_MB,
  GUEST_TASKS_MAX,
  GUEST_TASKS_OLD,
  GUEST_THREADS,
  GUESTS_EACH_MAX,
  GUESTS_MAX,
} from './limits.ts';

export interface GuestPoolOptions {
  /** The pool's own: its guests spill there. */
  readonly folder: string;
  readonly base: GuestBase;
  readonly clock?: Clock;
  readonly deadlineMs?: number;
  /** Tasks after which a guest is ended. */
  readonly tasksMax?: number;
}

export interface GuestCaller {
  /** Who waits: the fair queue takes turns by this. */
  readonly consumer: string;
  /** Callers with the same access see the same rows of everything. */
  readonly access: string;
  readonly signal: AbortSignal;
}

export interface StartRequest {
  readonly query: GuestQuery;
  readonly params: readonly GuestParam[];
  readonly format: RowFormat;
  readonly rowsMax: number;
}

export class GuestPool {
  readonly #folder: string;
  readonly #base: GuestBase;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #tasksMax: number;
  readonly #queue = new GuestQueue(GUESTS_MAX, GUESTS_EACH_MAX);
  readonly #idle = new IdleGuests();
  readonly #all = new Set<Guest>();
  readonly #held = new Set<HeldStatement>();
  readonly #work: ConsumerWork;
  #started = 0;
  #closed = false;

  constructor(options: GuestPoolOptions) {
    const { clock = systemClock, deadlineMs = GUEST_DEADLINE_MS, tasksMax = GUEST_TASKS_MAX } = options;
    this.#folder = options.folder;
    this.#base = options.base;
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
    this.#tasksMax = tasksMax;
    this.#work = new ConsumerWork(clock);
  }

  /** Starts one guest before anybody asks. */
  async warmUp(): Promise<void> {
    const guest = await this.#start();
    if (this.#closed) await this.#end(guest);
    else this.#idle.add(guest);
  }

  /** The statement's parse tree, as JSON. */
  async parse(sql: string, caller: GuestCaller): Promise<string> {
    return this.#with(caller, (guest) => this.#call<string>(guest, { kind: 'parse', sql }, caller));
  }

  async describe(query: GuestQuery, caller: GuestCaller): Promise<GuestDescription> {
    return this.#with(caller, (guest) =>
      this.#call<GuestDescription>(guest, { kind: 'describe', query }, caller),
    );
  }

  async start(request: StartRequest, caller: GuestCaller): Promise<RunningStatement> {
    const guest = await this.#take(caller);
    try {
      const started = await this.#call<GuestStarted>(guest, { kind: 'start', ...request }, caller);
      return this.#running(guest, started, caller);
    } catch (error) {
      await this.#giveBack(guest);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.close(closedError());
    await Promise.all([...this.#all].map((guest) => this.#end(guest)));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #running(guest: Guest, started: GuestStarted, caller: GuestCaller): RunningStatement {
    const statement = new HeldStatement(
      started,
      {
        consumer: caller.consumer,
        fetch: (rowsMax) => this.#call<GuestPage>(guest, { kind: 'fetch', rowsMax }, caller),
        end: async (isDone) => {
          this.#held.delete(statement);
          // A statement whose last page was sent has ended by itself.
          const calm = { ...caller, signal: new AbortController().signal };
          if (!isDone) await this.#call(guest, { kind: 'end' }, calm).catch(() => guest.process.kill());
          await this.#giveBack(guest);
        },
      },
      this.#clock,
    );
    this.#held.add(statement);
    return statement;
  }

  async #call<T>(guest: Guest, task: Parameters<GuestProcess['call']>[0], caller: GuestCaller): Promise<T> {
    const worked = (ms: number) => {
      this.#work.add(caller.consumer, ms);
      return this.#work.isMuch(caller.consumer);
    };
    const options = { deadlineMs: this.#deadlineMs, signal: caller.signal, worked };
    return (await guest.process.call(task, options)) as T;
  }

  async #with<T>(caller: GuestCaller, work: (guest: Guest) => Promise<T>): Promise<T> {
    const guest = await this.#take(caller);
    try {
      return await work(guest);
    } finally {
      await this.#giveBack(guest);
    }
  }

  async #take(caller: GuestCaller): Promise<Guest> {
    if (this.#closed) throw closedError();
    await this.#enter(caller);
    try {
      const guest = await this.#guestFor(caller);
      guest.access = caller.access;
      guest.consumer = caller.consumer;
      return guest;
    } catch (error) {
      this.#queue.leave(caller.consumer);
      throw error;
    }
  }

  async #enter({ consumer, signal }: GuestCaller): Promise<void> {
    const entered = new AbortController();
    if (this.#queue.isFullFor(consumer)) void this.#makeRoom(consumer, entered.signal);
    try {
      await this.#queue.enter(consumer, signal);
    } finally {
      entered.abort();
    }
  }

  /** While somebody waits: statements that are held open, and not read, give way one after another. */
  async #makeRoom(consumer: string, entered: AbortSignal): Promise<void> {
    while (!entered.aborted) {
      // Who has all that one may have is helped by none of the others.
      const own = this.#queue.isHeldBy(consumer);
      const held = [...this.#held].filter((statement) => !own || statement.consumer === consumer);
      await longestIdle(held, this.#clock.nowMs())?.take();
      await this.#clock.sleep(GUEST_IDLE_MS / 2, entered).catch(() => undefined);
    }
  }

  async #guestFor({ access, consumer }: GuestCaller): Promise<Guest> {
    const isMuch = this.#work.isMuch(consumer);
    const idle = this.#idle.take(access, isMuch);
    // One that cannot be made as quick as others again is of no use to who has not taken much.
    if (idle && (idle.process.giveWay(isMuch) || isMuch)) return idle;
    // A guest of another access makes room.
    const ended = idle ?? (this.#all.size >= GUESTS_MAX ? this.#idle.takeAny() : undefined);
    if (ended) await this.#end(ended);
    return this.#start(isMuch);
  }

  async #giveBack(guest: Guest): Promise<void> {
    if (this.#isOfUse(guest) && !this.#closed) this.#idle.add(guest);
    else await this.#end(guest);
    this.#queue.leave(guest.consumer);
  }

  #isOfUse({ process, startedMs }: Guest): boolean {
    const isOld = this.#clock.nowMs() - startedMs >= GUEST_OLD_MS;
    return process.alive && process.tasks < (isOld ? GUEST_TASKS_OLD : this.#tasksMax);
  }

  async #start(givesWay = false): Promise<Guest> {
    this.#started += 1;
    const settings = {
      base: this.#base,
      spillFolder: path.join(this.#folder, `guest-${this.#started}`),
      memoryMb: GUEST_MEMORY_MB,
      spillMb: GUEST_SPILL_MB,
      threads: GUEST_THREADS,
    };
    const guest: Guest = {
      process: new GuestProcess(settings, this.#clock),
      startedMs: this.#clock.nowMs(),
      access: undefined,
      consumer: '',
    };
    this.#all.add(guest);
    guest.process.giveWay(givesWay);
    try {
      await guest.process.ready;
      return guest;
    } catch (error) {
      this.#all.delete(guest);
      throw error;
    }
  }

  async #end(guest: Guest): Promise<void> {
    this.#all.delete(guest);
    await guest.process.kill();
  }
}

function closedError(): WharfError {
  return new WharfError('ENGINE_CLOSED', 'Wharf is closing; no statement is taken any more.');
}
