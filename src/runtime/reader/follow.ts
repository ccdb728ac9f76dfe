/**
 * Follows a product: records of the past from runs and journal, then new ones as they become durable. One batch at a time
 * is made, when the consumer asks for it, so a slow consumer holds no memory.
 */
import { codeOf, WharfError } from '../../base/errors.ts';
import type { Journal } from '../../journal/journal.ts';
import type { FollowRequest, ProductDescription, StreamRecord } from '../../kit/reader.ts';
import { keyFieldsOf } from '../../schema/field.ts';
import type { Store } from '../../store/store.ts';
import '../errors.ts';
import type { Published } from '../published.ts';
import { parseAt } from './parse-at.ts';
import type { ShownBlocks } from './shown-blocks.ts';

const HISTORY_PAGE_RECORDS = 1_000;

interface FollowServices {
  readonly journal: Journal;
  readonly published: Published;
  readonly store: Store;
  readonly blocks: ShownBlocks;
}

export async function* follow(
  product: ProductDescription,
  request: FollowRequest,
  services: FollowServices,
): AsyncGenerator<readonly StreamRecord[]> {
  const { journal, published } = services;
  const keyed = new Map(product.datasets.map((dataset) => [dataset.name, keyFieldsOf(dataset).length > 0]));
  let next = await firstPosition(product, request, services);
  while (!request.signal.aborted) {
    const head = published.position(product.id);
    if (next > head) {
      await untilPublished(published, product.id, request.signal, next);
      continue;
    }
    if (next < journal.tail(product.id)) {
      const page = await services.store.history(
        product.id,
        next,
        Math.min(head, journal.tail(product.id) - 1),
        HISTORY_PAGE_RECORDS,
      );
      if (page.length === 0) next = journal.tail(product.id);
      else next = (page.at(-1)?.position ?? next) + 1;
      yield* wanted(
        page.map((record) => (keyed.get(record.dataset) ? record : { ...record, key: 'null' })),
        request,
      );
      continue;
    }
    const shared = services.blocks.inUse(next, head);
    if (shared) {
      for (const batch of shared.batches()) {
        yield* wanted(batch, request);
        if (request.signal.aborted) return;
      }
      next = shared.last + 1;
      continue;
    }
    try {
      for (const block of journal.read(product.id, next, head)) {
        for (const batch of services.blocks.batches(block, next)) {
          yield* wanted(batch, request);
          next = (batch.at(-1)?.position ?? next) + 1;
          if (request.signal.aborted) return;
        }
      }
      next = head + 1;
    } catch (thrown) {
      // The journal let go of the blocks while the consumer was busy: the rest is read from history.
      if (codeOf(thrown) !== 'POSITION_TRIMMED') throw thrown;
    }
  }
}

function* wanted(batch: readonly StreamRecord[], request: FollowRequest): Generator<readonly StreamRecord[]> {
  const records =
    request.dataset === undefined ? batch : batch.filter((record) => record.dataset === request.dataset);
  if (records.length > 0) yield records;
}

async function firstPosition(
  product: ProductDescription,
  request: FollowRequest,
  services: FollowServices,
): Promise<number> {
  const { from } = request;
  const head = services.published.position(product.id);
  // The state at the oldest position is kept; the records behind it are.
  const oldest = services.store.oldest(product.id) + 1;
  if (from === 'latest') return head + 1;
  if (from === 'earliest') return oldest;
  const point = typeof from === 'number' ? ({ kind: 'position', position: from } as const) : parseAt(from);
  if (point.kind === 'time')
    return Math.max(oldest, (await services.store.positionAt(product.id, point.timeUs - 1)) + 1);
  if (point.position >= oldest || point.position === 0) return Math.max(oldest, point.position);
  throw new WharfError(
    'HISTORY_BEHIND',
    `Position ${point.position} of ${product.id} is no longer kept; the oldest is ${oldest}.`,
    {
      hint: 'Read a snapshot first, then follow from its position.',
      details: { oldest },
    },
  );
}

/** Until the position is published, or the signal. */
function untilPublished(
  published: Published,
  stream: string,
  signal: AbortSignal,
  position: number,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = published.onMove(stream, done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted || published.position(stream) >= position) done();
  });
}
