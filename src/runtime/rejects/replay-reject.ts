/** Correcting a rejected record and sending it on its way again. */
import { WharfError } from '../../base/errors.ts';
import type { Append } from '../../journal/journal.ts';
import type { Dataset } from '../../schema/field.ts';
import type { SliceVerdict } from '../../schema/slice.ts';
import type { Product } from '../../spec/model.ts';
import { destinationOf } from '../capture/destination.ts';
import type { Services } from '../capture/services.ts';
import '../errors.ts';
import type { RejectRecord } from './reject-record.ts';

export interface Replayed {
  readonly id: string;
  readonly product: string;
  /** Where the record was journaled: the product's own log, or the source log that the transform reads. */
  readonly stream: string;
  readonly position: number;
}

/**
 * Validates the corrected document (or the rejected one as it is), and journals it together with the word that the
 * reject is closed. Throws REJECT_UNKNOWN, REJECT_CLOSED, REJECT_STILL_INVALID with all reasons.
 */
export async function replayReject(
  services: Services,
  product: Product,
  id: string,
  corrected: string | undefined,
): Promise<Replayed> {
  const reject = await openRejectOf(services, product, id);
  if (corrected === undefined && reject.cut) {
    throw new WharfError(
      'REJECT_STILL_INVALID',
      `The text of reject "${id}" was too long to be kept whole.`,
      {
        hint: 'Replay it with the whole corrected document in a file: --file corrected.json',
      },
    );
  }
  const document = oneLine(corrected ?? reject.document);
  const { stream, dataset } = wayOf(product, reject);
  const verdict = await validateOne(services, dataset, document);
  const append: Append = { stream, dataset: dataset.name, count: 1, body: verdict.accepted };
  const closing = services.rejects.closing(reject, 'replayed', document);
  const { positions } = await services.journal.commit({ appends: [append, closing] });
  return { id, product: product.id, stream, position: positions[0]?.last ?? 0 };
}

/** Closes a reject without replaying it. */
export async function closeReject(services: Services, product: Product, id: string): Promise<void> {
  const reject = await openRejectOf(services, product, id);
  await services.journal.commit({ appends: [services.rejects.closing(reject, 'discarded', null)] });
}

async function openRejectOf(services: Services, product: Product, id: string): Promise<RejectRecord> {
  const reject = await services.rejects.get(product.id, id);
  if (reject.status === 'open') return reject;
  throw new WharfError('REJECT_CLOSED', `The reject "${id}" was ${reject.status} already.`, {
    hint: `List the open ones with: wharf rejects ${product.id}`,
  });
}

/** What came of a transform goes on into the product; everything else starts again where its input's records start. */
function wayOf(product: Product, reject: RejectRecord): { stream: string; dataset: Dataset } {
  const input = product.inputs.find((i) => i.kind === 'external' && i.name === reject.input);
  const dataset = product.datasets.find((d) => d.name === reject.dataset);
  if (reject.stage === 'record' && dataset) return { stream: product.id, dataset };
  if (input?.kind === 'external') return destinationOf(product, input);
  const read = product.inputs.find((i) => i.kind === 'product' && i.name === reject.input);
  if (read?.kind === 'product')
    throw new WharfError(
      'REJECT_STILL_INVALID',
      `The record is a row of ${read.product}, not of this product.`,
      {
        hint: 'Correct it there, or correct the transform; the reject then closes by itself.',
      },
    );
  throw new WharfError('REJECT_STILL_INVALID', `${product.id} has no input "${reject.input}" any more.`, {
    hint: 'Discard the reject, or declare the input again.',
  });
}

async function validateOne(services: Services, dataset: Dataset, document: string): Promise<SliceVerdict> {
  const slice = { bytes: Buffer.from(`${document}\n`), framing: { format: 'ndjson' } as const, line: 1 };
  const verdict = await services.pool.validate(dataset, 'upsert', slice);
  const [still] = verdict.rejects;
  if (!still && verdict.count === 1) return verdict;
  const reasons = still?.reasons ?? [];
  throw new WharfError(
    'REJECT_STILL_INVALID',
    `The record still breaks its contract: ${reasons.map((r) => r.message).join(' ') || 'it is empty.'}`,
    {
      hint: 'Correct it with --set path=value, or with an edited file: --file corrected.json',
      details: { reasons },
    },
  );
}

/** JSON may stand on many lines; its line ends mean nothing, since a text cannot hold one unescaped. */
function oneLine(document: string): string {
  return document.replaceAll(/[\r\n]+/g, ' ').trim();
}
