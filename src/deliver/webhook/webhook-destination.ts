/**
 * Posts batches of events and goes on once a batch was taken. The position is kept by Wharf and moves after the answer, so a batch whose
 * answer was lost is sent again: in the same order, and with the same positions.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { crashPoint } from '../../base/crash-points.ts';
import { formatDuration } from '../../base/duration.ts';
import { messageOf, WharfError } from '../../base/errors.ts';
import type {
  DeliveredChanges,
  DeliveredFiles,
  DeliveredState,
  DeliveryContext,
  Destination,
} from '../../kit/delivery.ts';
import '../../kit/errors.ts';
import { checkStatus } from '../../kit/web/check-status.ts';
import { signedHeaders } from '../../kit/web/signed-headers.ts';
import { WebClient } from '../../kit/web/web-client.ts';
import type { WebTarget } from '../../kit/web/web-target.ts';
import { changeEvent, type EventSource, type RecordEvent, stateEvent } from './cloud-events.ts';

const BATCH_CHARACTERS_MAX = 1_000_000;
const ANSWER_MS_MAX = 30_000;
const GONE = 410;

interface Notes {
  readonly position?: number;
  /** What the rows meant up to there. */
  readonly stamp?: string;
  /** Since when nothing was taken, in milliseconds since 1970. */
  readonly failingSinceMs?: number;
}

export interface WebhookOptions {
  readonly context: DeliveryContext;
  readonly target: WebTarget;
  readonly secret: string | undefined;
  readonly batchEvents: number;
  readonly giveUpMs: number;
  /** Whether everything is sent that was there before. */
  readonly fromBeginning: boolean;
}

export class WebhookDestination implements Destination {
  readonly #options: WebhookOptions;
  readonly #client: WebClient;
  readonly #source: EventSource;
  #notes: Notes;

  constructor(options: WebhookOptions) {
    const { context, target } = options;
    this.#options = options;
    this.#client = new WebClient({ privateOrigin: target.privateOrigin });
    this.#source = { mesh: context.mesh, product: context.product.id, dataset: context.shape.dataset.name };
    this.#notes = (context.notes.read() as Notes | undefined) ?? {};
  }

  /** Who was sent everything that there is gets it again when its rows come to mean something else. */
  get position(): number | undefined {
    const { position, stamp = this.#stamp } = this.#notes;
    return stamp === this.#stamp || !this.#options.fromBeginning ? position : undefined;
  }

  get #stamp(): string {
    return this.#options.context.shape.stamp;
  }

  async load(state: DeliveredState): Promise<void> {
    const { context, fromBeginning } = this.#options;
    const isAgain = this.#notes.position !== undefined;
    if (fromBeginning || isAgain) {
      const files = await state.write({ format: 'ndjson', ordered: true, signal: context.signal });
      const time = new Date(context.clock.nowMs()).toISOString();
      let index = 0;
      const eventOf = (line: string) =>
        context.shape.mode === 'changes'
          ? changeEvent(line, this.#source)
          : stateEvent(line, this.#source, { position: state.position, index: index++, time });
      await this.#sendAll(files, eventOf, async () => undefined);
    }
    await this.#note({ position: state.position, stamp: this.#stamp });
  }

  async apply(changes: DeliveredChanges): Promise<void> {
    const files = await changes.write({ format: 'ndjson', signal: this.#options.context.signal });
    // Rows come in the order of their positions, so what is behind the last one taken is exactly what is left.
    await this.#sendAll(
      files,
      (line) => changeEvent(line, this.#source),
      (position) => this.#note({ position, stamp: this.#stamp }),
    );
    await this.#note({ position: changes.through, stamp: this.#stamp });
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  async #sendAll(
    files: DeliveredFiles,
    eventOf: (line: string) => RecordEvent,
    taken: (position: number) => Promise<void>,
  ): Promise<void> {
    try {
      let sent = 0;
      for (const file of files.files) {
        for await (const batch of this.#batches(file.path, eventOf)) {
          sent += 1;
          const last = batch.at(-1)?.position ?? 0;
          await this.#sendOrNote(batch, `${last}-${sent}`);
          await taken(last);
        }
      }
    } finally {
      await files.release();
    }
  }

  async *#batches(
    file: string,
    eventOf: (line: string) => RecordEvent,
  ): AsyncGenerator<readonly RecordEvent[]> {
    let batch: RecordEvent[] = [];
    let characters = 0;
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const event = eventOf(line);
      batch.push(event);
      characters += event.text.length;
      if (batch.length < this.#options.batchEvents && characters < BATCH_CHARACTERS_MAX) continue;
      yield batch;
      batch = [];
      characters = 0;
    }
    if (batch.length > 0) yield batch;
  }

  async #sendOrNote(batch: readonly RecordEvent[], id: string): Promise<void> {
    try {
      await this.#send(batch, id);
    } catch (thrown) {
      if (this.#options.context.signal.aborted) throw thrown;
      await this.#noteFailure(thrown);
      throw thrown;
    }
  }

  async #send(batch: readonly RecordEvent[], id: string): Promise<void> {
    const { context, target, secret } = this.#options;
    const body = `[${batch.map(({ text }) => text).join(',')}]`;
    const nowMs = context.clock.nowMs();
    crashPoint('deliver.webhook-before-post');
    const answer = await this.#client.send({
      url: target.url,
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents-batch+json; charset=utf-8',
        'idempotency-key': String(batch.at(-1)?.position ?? 0),
        ...signedHeaders({ id: `${context.name} ${id}`, body, nowMs, secret }),
      },
      credentials: target.credentials,
      body,
      signal: context.signal,
      silenceMs: ANSWER_MS_MAX,
    });
    if (answer.status === GONE) {
      answer.body.destroy();
      throw dead(context.name, 'answered that it is gone (410)');
    }
    await checkStatus(answer, nowMs);
    answer.body.resume();
  }

  /** Throws DELIVERY_DEAD once nothing was taken for too long. */
  async #noteFailure(thrown: unknown): Promise<void> {
    const { context, giveUpMs } = this.#options;
    const nowMs = context.clock.nowMs();
    const sinceMs = this.#notes.failingSinceMs ?? nowMs;
    const { failingSinceMs: _, ...reached } = this.#notes;
    const isDead = nowMs - sinceMs >= giveUpMs;
    await this.#note(isDead ? reached : { ...reached, failingSinceMs: sinceMs });
    if (isDead)
      throw dead(context.name, `took nothing for ${formatDuration(giveUpMs)}: ${messageOf(thrown)}`);
  }

  async #note(notes: Notes): Promise<void> {
    crashPoint('deliver.webhook-before-note');
    await this.#options.context.notes.write(notes);
    this.#notes = notes;
  }
}

function dead(name: string, why: string): WharfError {
  return new WharfError('DELIVERY_DEAD', `The address of ${name} ${why}.`, {
    hint: 'Mend it, then: wharf deliveries resume. It goes on where it stopped.',
  });
}
