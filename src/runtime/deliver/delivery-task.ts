/**
 * Keeps one destination up to date: everything at one position, then what changed since, batch by batch.
 *
 * How far it is, is what the destination says of itself; nothing here has to agree with it. So a batch that took effect and whose
 * answer was lost is not delivered again, and one that did not is.
 */

import { crashPoint } from '../../base/crash-points.ts';
import { codeOf, messageOf } from '../../base/errors.ts';
import type { DeliveryConnector, DeliveryContext, Destination } from '../../kit/delivery.ts';
import { pausesDelivery } from '../../kit/delivery-errors.ts';
import type { Services } from '../capture/services.ts';
import { supervise } from '../capture/supervise.ts';
import { TaskMeter, type TaskStatus } from '../capture/task-status.ts';
import type { DeliveryControl } from './delivery-control.ts';
import type { DeliveryPace } from './delivery-pace.ts';
import type { DeliverySource } from './delivery-source.ts';
import { LagMeter } from './lag-meter.ts';

/** Everything that must be known before a destination is opened; made anew for each try, because it may depend on the environment. */
export interface PreparedDelivery {
  readonly source: DeliverySource;
  readonly pace: DeliveryPace;
  readonly context: Omit<DeliveryContext, 'signal'>;
}

export interface DeliveryTaskOptions {
  /** `flights.departures@1/warehouse`. */
  readonly id: string;
  readonly name: string;
  readonly stream: string;
  readonly to: string;
  readonly connector: DeliveryConnector;
  readonly services: Services;
  readonly control: DeliveryControl;
  readonly prepare: () => Promise<PreparedDelivery>;
}

export interface DeliveryStatus {
  readonly delivery: string;
  readonly to: string;
  readonly guarantee: DeliveryConnector['guarantee'];
  readonly state: TaskStatus['state'] | 'paused';
  /** Up to where the destination holds the product; null before it was asked. */
  readonly position: number | null;
  /** Published and not delivered; positions, so a filter may leave less of them. */
  readonly lagRecords: number;
  readonly lagSeconds: number;
  /** Positions a second over the last while. */
  readonly rate: number;
  /** Until it has caught up at this rate; null when that is not known. */
  readonly secondsLeft: number | null;
  readonly paused: string | null;
  readonly lastError: TaskStatus['lastError'] | null;
}

export class DeliveryTask {
  readonly name: string;
  readonly #options: DeliveryTaskOptions;
  readonly #meter: TaskMeter;
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  #position: number | undefined;
  readonly #lag = new LagMeter();
  #isStopped = true;

  constructor(options: DeliveryTaskOptions) {
    this.#options = options;
    this.name = `${options.stream}/deliver/${options.name}`;
    this.#meter = new TaskMeter(this.name, () => options.services.clock.nowMs());
  }

  get deliveryName(): string {
    return this.#options.name;
  }

  start(): void {
    this.#isStopped = false;
    if (this.#running || this.#options.control.paused !== undefined) return;
    const { clock, log } = this.#options.services;
    this.#stop = new AbortController();
    this.#meter.state = 'starting';
    this.#meter.lastError = undefined;
    const { signal } = this.#stop;
    const task = { name: this.name, meter: this.#meter, clock, log, signal };
    this.#running = supervise({ ...task, work: () => this.#workOrPause(signal) });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#halt();
  }

  /** Stands still, now and after a restart, until it is resumed. */
  async pause(reason: string): Promise<void> {
    await this.#options.control.set({ paused: reason });
    await this.#halt();
  }

  async resume(): Promise<void> {
    await this.#halt();
    await this.#options.control.set({ paused: undefined });
    if (!this.#isStopped) this.start();
  }

  /** Delivers everything again, by what is published now. */
  async replay(): Promise<void> {
    await this.#halt();
    await this.#options.control.set({ reload: true });
    if (!this.#isStopped) this.start();
  }

  status(): DeliveryStatus {
    const { services, connector, to, name, control } = this.#options;
    const { rate, state, lastError } = this.#meter.status();
    const published = services.published.position(this.#options.stream);
    const lagRecords = Math.max(0, published - (this.#position ?? 0));
    const isLate = state === 'caught-up' && lagRecords > 0;
    return {
      delivery: name,
      to,
      guarantee: connector.guarantee,
      state: control.paused === undefined ? (isLate ? 'running' : state) : 'paused',
      position: this.#position ?? null,
      lagRecords,
      lagSeconds: lagRecords === 0 ? 0 : this.#lag.lagMs(services.clock.nowMs()) / 1_000,
      rate,
      secondsLeft: lagRecords === 0 ? 0 : rate === 0 ? null : Math.ceil(lagRecords / rate),
      paused: control.paused ?? null,
      lastError: lastError ?? null,
    };
  }

  /** The same in the terms of all tasks. */
  taskStatus(): TaskStatus {
    const status = this.#meter.status();
    const { lagRecords, paused, state } = this.status();
    const done = this.#position ?? 0;
    const progress =
      lagRecords === 0 ? undefined : { amount: { done, total: done + lagRecords }, unit: 'records' as const };
    return { ...status, state: paused === null ? (state as TaskStatus['state']) : 'stopped', progress };
  }

  async #halt(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running;
    this.#running = undefined;
  }

  async #workOrPause(signal: AbortSignal): Promise<void> {
    try {
      await this.#work(signal);
    } catch (thrown) {
      if (signal.aborted || !pausesDelivery(thrown)) throw thrown;
      const { services, control } = this.#options;
      await control.set({ paused: messageOf(thrown) });
      services.log.error(`${this.name} pauses: ${messageOf(thrown)}`, { code: codeOf(thrown) });
      this.#running = undefined;
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    this.#meter.state = 'running';
    this.#noticeLag();
    const { source, pace, context } = await this.#options.prepare();
    const destination = await this.#options.connector.open({ ...context, signal });
    try {
      this.#opened(destination.position);
      while (!signal.aborted) await this.#turn(destination, source, pace, signal);
    } finally {
      await destination.close();
    }
  }

  async #turn(
    destination: Destination,
    source: DeliverySource,
    pace: DeliveryPace,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#options.services;
    const published = source.published();
    const position = this.#usable(destination, source, published);
    if (position === undefined) await this.#load(destination, source);
    else if (!pace.isDue(published - position, clock.nowMs())) {
      this.#meter.state = 'caught-up';
      await this.#untilNews(published, pace.waitMs(published - position, clock.nowMs()), signal);
      this.#meter.state = 'running';
      return;
    } else await this.#catchUp(destination, source, published, signal);
    pace.delivered(clock.nowMs());
  }

  /** Where changes can go on from; undefined when everything is to be delivered. */
  #usable(destination: Destination, source: DeliverySource, published: number): number | undefined {
    const { position } = destination;
    if (position === undefined || this.#options.control.reload) return undefined;
    return position > published || position < source.oldest() ? undefined : position;
  }

  async #load(destination: Destination, source: DeliverySource): Promise<void> {
    const { control } = this.#options;
    const state = source.state();
    crashPoint('deliver.before-load');
    await destination.load(state);
    crashPoint('deliver.after-load');
    if (control.reload) await control.set({ reload: undefined });
    this.#moved(state.position, state.position);
  }

  /** Up to what was published when it began. */
  async #catchUp(
    destination: Destination,
    source: DeliverySource,
    published: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (!destination.apply) return this.#load(destination, source);
    let position = destination.position ?? 0;
    while (position < published && !signal.aborted) {
      const changes = source.changes(position);
      if (!changes) return;
      crashPoint('deliver.before-apply');
      await destination.apply(changes);
      crashPoint('deliver.after-apply');
      this.#moved(changes.through, changes.through - position);
      position = changes.through;
    }
  }

  #moved(position: number, records: number): void {
    this.#position = position;
    this.#meter.count(records, 0);
    this.#meter.lastError = undefined;
    this.#lag.delivered(position);
    this.#noticeLag();
  }

  /** What took effect without its answer having come is progress too: the next failure is a first one again. */
  #opened(position: number | undefined): void {
    const known = this.#position;
    this.#meter.lastError = undefined;
    if (position !== undefined && known !== undefined && position > known)
      this.#moved(position, position - known);
    this.#position = position;
  }

  #noticeLag(): void {
    const { services, stream } = this.#options;
    const published = services.published.position(stream);
    if (published > (this.#position ?? -1)) this.#lag.published(published, services.clock.nowMs());
  }

  async #untilNews(published: number, waitMs: number | undefined, signal: AbortSignal): Promise<void> {
    const { services, stream } = this.#options;
    const waited = new AbortController();
    const until = AbortSignal.any([signal, waited.signal]);
    const moved = new Promise<void>((resolve) => {
      const done = () => {
        stop();
        resolve();
      };
      const stop = services.published.onMove(stream, done);
      until.addEventListener('abort', done, { once: true });
      if (until.aborted || services.published.position(stream) !== published) done();
    });
    const slept = waitMs === undefined ? [] : [services.clock.sleep(waitMs, until).catch(() => undefined)];
    await Promise.race([moved, ...slept]);
    waited.abort();
    this.#noticeLag();
  }
}
