/** Follows work through the process. Without an exporter nothing is recorded, and nothing costs anything. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { type Random, randomName } from '../../base/random.ts';
import type { Attributes, FinishedSpan, SpanContext, SpanKind } from './span.ts';

export interface SpanSink {
  add(span: FinishedSpan): void;
}

export interface SpanOptions {
  readonly kind?: SpanKind;
  /** Of another process; the span that is open around the call when left out. */
  readonly remote?: { readonly parent: SpanContext; readonly sampled: boolean } | undefined;
  readonly attributes?: Attributes;
}

/** A span that is not finished. */
export interface OpenSpan {
  set(attributes: Attributes): void;
  /** `error`: why it failed. Only the first call counts. */
  end(error?: string): void;
  /** Spans that begin in `work` are below this one. */
  around<T>(work: () => T): T;
}

const NOTHING: OpenSpan = { set: () => undefined, end: () => undefined, around: (work) => work() };

export interface TracerOptions {
  readonly sink: SpanSink;
  readonly clock: Clock;
  /** The share of traces that begin here and are recorded, from 0 to 1; the caller's word counts for others. */
  readonly share: number;
  readonly random: Random;
}

export class Tracer {
  readonly #options: TracerOptions | undefined;
  /** The span around the work that is going on, or that its trace is not recorded. */
  readonly #around = new AsyncLocalStorage<SpanContext | 'unrecorded'>();
  /** A span of a trace that is not recorded: what begins in it is not, either. */
  readonly #unrecorded: OpenSpan = {
    ...NOTHING,
    around: (work) => this.#around.run('unrecorded', work),
  };

  /** Records nothing without options. */
  constructor(options?: TracerOptions) {
    this.#options = options;
  }

  begin(name: string, { kind = 'internal', remote, attributes = {} }: SpanOptions = {}): OpenSpan {
    const options = this.#options;
    if (!options) return NOTHING;
    const above = remote?.parent ?? this.#around.getStore();
    if (above === 'unrecorded') return NOTHING;
    const isSampled = remote ? remote.sampled : above !== undefined || options.random.next() < options.share;
    if (!isSampled) return this.#unrecorded;
    const context = { traceId: above?.traceId ?? randomName(16), spanId: randomName(8) };
    const base = { ...context, parentId: above?.spanId, name, kind, startMs: options.clock.nowMs() };
    return this.#open(options, base, attributes);
  }

  /** Runs the work as a span; what it throws ends the span as failed. */
  async span<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
    const span = this.begin(name, { attributes });
    try {
      const result = await span.around(work);
      span.end();
      return result;
    } catch (error) {
      span.end(messageOf(error));
      throw error;
    }
  }

  #open(
    { sink, clock }: TracerOptions,
    base: Omit<FinishedSpan, 'endMs' | 'attributes' | 'error'>,
    first: Attributes,
  ): OpenSpan {
    const { traceId, spanId } = base;
    let attributes = first;
    let isOpen = true;
    return {
      set: (more) => {
        attributes = { ...attributes, ...more };
      },
      end: (error) => {
        if (isOpen) sink.add({ ...base, endMs: clock.nowMs(), attributes, error });
        isOpen = false;
      },
      around: (work) => this.#around.run({ traceId, spanId }, work),
    };
  }
}
