/**
 * Takes what push connectors received: validates it, and journals the accepted records, the rejects, and the answer under
 * its idempotency key, in one commit. What a caller is told is therefore always what is on disk.
 */
import { createHash } from 'node:crypto';
import { WharfError } from '../../base/errors.ts';
import type { Append, CursorUpdate } from '../../journal/journal.ts';
import type { PushHost, Submission, SubmissionResult } from '../../kit/input.ts';
import type { SliceVerdict } from '../../schema/slice.ts';
import type { ExternalInput, Product } from '../../spec/model.ts';
import { type Destination, destinationOf } from '../capture/destination.ts';
import type { Services } from '../capture/services.ts';
import { TaskMeter, type TaskStatus } from '../capture/task-status.ts';
import '../errors.ts';
import { openReject, type RejectRecord, rejectsAppend } from '../rejects/reject-record.ts';

/** How long an answer is remembered under its idempotency key. */
export const IDEMPOTENCY_KEPT_MS = 24 * 3_600_000;
/** Rejects listed in an answer; all of them are kept and counted. */
const REJECTS_ANSWERED_MAX = 1_000;
const KEYS_PREFIX = 'push/';

interface Remembered {
  readonly bodyHash: string;
  readonly timeMs: number;
  readonly answer: Pick<SubmissionResult, 'accepted' | 'rejected'>;
}

export interface PushTarget {
  readonly product: Product;
  readonly input: ExternalInput;
}

export class PushService implements PushHost {
  readonly #services: Services;
  readonly #find: (product: string, input: string) => PushTarget;
  readonly #meters = new Map<string, TaskMeter>();
  /** Requests under way by idempotency key: a second one waits for the first one's answer. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  /** `find` throws PRODUCT_UNKNOWN and INPUT_UNKNOWN. */
  constructor(services: Services, find: (product: string, input: string) => PushTarget) {
    this.#services = services;
    this.#find = find;
  }

  async submit(submission: Submission): Promise<SubmissionResult> {
    const target = this.#find(submission.product, submission.input);
    const task = keyTask(target, submission);
    if (!task) return this.#accept(target, submission, undefined);
    while (this.#underWay.has(task)) await this.#underWay.get(task);
    const work = this.#once(target, submission, task);
    this.#underWay.set(
      task,
      work.catch(() => undefined),
    );
    try {
      return await work;
    } finally {
      this.#underWay.delete(task);
    }
  }

  statusOf(product: Product, input: ExternalInput): TaskStatus {
    return this.#meterOf({ product, input }).status();
  }

  /** Forgets answers older than IDEMPOTENCY_KEPT_MS. */
  async sweep(): Promise<void> {
    const { journal, clock } = this.#services;
    const old: CursorUpdate[] = [];
    for (const { task, value } of journal.cursors(KEYS_PREFIX)) {
      if ((value as Remembered).timeMs < clock.nowMs() - IDEMPOTENCY_KEPT_MS)
        old.push({ task, value: undefined });
    }
    if (old.length > 0) await journal.commit({ cursors: old });
  }

  async #once(target: PushTarget, submission: Submission, task: string): Promise<SubmissionResult> {
    const known = this.#services.journal.cursor(task) as Remembered | undefined;
    if (!known) return this.#accept(target, submission, task);
    if (known.bodyHash === submission.idempotency?.bodyHash) {
      const { stream } = destinationOf(target.product, target.input);
      return { ...known.answer, position: this.#services.journal.head(stream), repeated: true };
    }
    throw new WharfError(
      'IDEMPOTENCY_CONFLICT',
      `The Idempotency-Key "${submission.idempotency?.key}" was used before with another body.`,
      { hint: 'Use a new key for each body; repeat a key only to repeat the same request.' },
    );
  }

  async #accept(
    target: PushTarget,
    submission: Submission,
    task: string | undefined,
  ): Promise<SubmissionResult> {
    const destination = destinationOf(target.product, target.input);
    checkDeletes(target, destination, submission);
    const verdicts = await Promise.all(
      submission.slices.map((slice) =>
        this.#services.pool.validate(destination.dataset, submission.op, slice),
      ),
    );
    const rejects = this.#rejectsOf(target, destination, submission, verdicts);
    return this.#commit(target, destination, submission, verdicts, rejects, task);
  }

  async #commit(
    target: PushTarget,
    destination: Destination,
    submission: Submission,
    verdicts: readonly SliceVerdict[],
    rejects: readonly RejectRecord[],
    task: string | undefined,
  ): Promise<SubmissionResult> {
    const { journal, clock } = this.#services;
    const accepted = verdicts.reduce((sum, verdict) => sum + verdict.count, 0);
    const appends: Append[] = accepted > 0 ? [appendOf(destination, verdicts, accepted, submission.op)] : [];
    if (rejects.length > 0) appends.push(rejectsAppend(rejects));
    const answer = { accepted, rejected: answeredRejects(verdicts, rejects) };
    const remembered: Remembered = {
      bodyHash: submission.idempotency?.bodyHash ?? '',
      timeMs: clock.nowMs(),
      answer,
    };
    const cursors = task ? [{ task, value: remembered }] : [];
    const { positions } = await journal.commit({ appends, cursors });
    this.#meterOf(target).count(accepted, rejects.length);
    const position = accepted > 0 ? (positions[0]?.last ?? 0) : journal.head(destination.stream);
    return { ...answer, position, repeated: false };
  }

  #rejectsOf(
    target: PushTarget,
    destination: Destination,
    submission: Submission,
    verdicts: readonly SliceVerdict[],
  ): RejectRecord[] {
    const request = submission.idempotency
      ? `push ${submission.idempotency.key}`
      : `push ${new Date(this.#services.clock.nowMs()).toISOString()}`;
    return verdicts.flatMap((verdict) =>
      verdict.rejects.map((reject) =>
        openReject({
          product: target.product.id,
          input: target.input.name,
          dataset: destination.dataset.name,
          stage: 'source',
          file: request,
          line: reject.line,
          document: reject.document,
          reasons: reject.reasons,
        }),
      ),
    );
  }

  #meterOf(target: PushTarget): TaskMeter {
    const name = `push/${target.product.id}/${target.input.name}`;
    let meter = this.#meters.get(name);
    if (!meter) {
      meter = new TaskMeter(name, () => this.#services.clock.nowMs());
      meter.state = 'caught-up';
      this.#meters.set(name, meter);
    }
    return meter;
  }
}

function keyTask(target: PushTarget, submission: Submission): string | undefined {
  if (!submission.idempotency) return undefined;
  const hash = createHash('sha256').update(submission.idempotency.key).digest('hex');
  return `${KEYS_PREFIX}${target.product.id}/${target.input.name}/${hash}`;
}

function checkDeletes(target: PushTarget, destination: Destination, submission: Submission): void {
  if (submission.op !== 'delete') return;
  if (destination.mapped) {
    throw new WharfError(
      'PUSH_DELETE_MAPPED',
      `The input "${target.input.name}" is mapped by a transform, so a delete cannot name a row.`,
      {
        hint: "Push a record that the transform turns into the row's new state.",
      },
    );
  }
  if (destination.dataset.key === 'none') {
    throw new WharfError(
      'PUSH_DELETE_NO_KEY',
      `${target.product.id} has no key, so a delete cannot name a row.`,
      {
        hint: 'Declare a key to delete rows by.',
      },
    );
  }
}

function appendOf(
  destination: Destination,
  verdicts: readonly SliceVerdict[],
  count: number,
  op: 'upsert' | 'delete',
): Append {
  const body =
    verdicts.length === 1
      ? (verdicts[0] as SliceVerdict).accepted
      : Buffer.concat(verdicts.map((v) => v.accepted));
  const deletes = op === 'delete' ? Array.from({ length: count }, (_, i) => i) : [];
  return { stream: destination.stream, dataset: destination.dataset.name, count, body, deletes };
}

function answeredRejects(
  verdicts: readonly SliceVerdict[],
  rejects: readonly RejectRecord[],
): SubmissionResult['rejected'] {
  const reasons = verdicts.flatMap((verdict) => verdict.rejects);
  return reasons.slice(0, REJECTS_ANSWERED_MAX).map((reject, i) => ({
    index: reject.line - 1,
    id: (rejects[i] as RejectRecord).id,
    reasons: reject.reasons,
  }));
}
