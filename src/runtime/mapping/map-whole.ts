/**
 * Maps all that a whole marker stands for into a staging file, and journals only its difference to the product's state. What is rejected on
 * the way is journaled at once, under the same name however often it is.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { LineFile } from '../../base/line-file.ts';
import { randomName } from '../../base/random.ts';
import type { CursorUpdate } from '../../journal/journal.ts';
import type { Dataset } from '../../schema/field.ts';
import type { ExternalInput, Product } from '../../spec/model.ts';
import { applyDifference } from '../capture/apply-difference.ts';
import type { Services } from '../capture/services.ts';
import type { TaskMeter } from '../capture/task-status.ts';
import type { WholeMarker } from '../capture/whole-marker.ts';
import { rejectsAppend } from '../rejects/reject-record.ts';
import { MAP_RECORDS_MAX, type MapBatch } from './map-batch.ts';

export interface MapWholeOptions {
  readonly services: Services;
  readonly product: Product;
  readonly input: ExternalInput;
  readonly dataset: Dataset;
  readonly batch: MapBatch;
  readonly meter: TaskMeter;
}

/** A marker with its last record. */
export type ClosedMarker = WholeMarker & Required<Pick<WholeMarker, 'to'>>;

/** The cursors become durable with the last record that differs. */
export async function mapWhole(
  options: MapWholeOptions,
  marker: ClosedMarker,
  cursors: readonly CursorUpdate[],
): Promise<void> {
  const { services, product, dataset, meter } = options;
  const { journal, store, temporaryFolder } = services;
  const staging = await LineFile.create(path.join(temporaryFolder, `map-${randomName()}.ndjson`));
  try {
    await stageWhole(options, marker, staging);
    const { upserts, deletes } = await applyDifference({
      ...{ journal, store, dataset, cursors },
      stream: product.id,
      staged: staging.path,
      deletes: marker.deletes,
    });
    meter.count(upserts + deletes, 0);
  } finally {
    await staging.close();
    await rm(staging.path, { force: true });
  }
}

/** What people corrected by hand stays corrected: it is staged in the place of what was rejected. */
async function stageWhole(options: MapWholeOptions, marker: ClosedMarker, staging: LineFile): Promise<void> {
  const { services, product, input, batch, meter } = options;
  const corrections = await services.rejects.corrections(product.id, input.name);
  const rejected = new Set<string>();
  for (let from = marker.from; from <= marker.to; ) {
    const mapped = await batch.map(from, Math.min(marker.to, from + MAP_RECORDS_MAX - 1));
    await staging.append(mapped.body, mapped.count);
    const news = mapped.rejects.filter((reject) => !corrections.has(reject.id));
    for (const reject of news) rejected.add(reject.id);
    if (news.length > 0) await services.journal.commit({ appends: [rejectsAppend(news)] });
    meter.count(0, news.length);
    meter.progress.tell({
      amount: { done: mapped.through - marker.from + 1, total: marker.to - marker.from + 1 },
      unit: 'records',
    });
    from = mapped.through + 1;
  }
  await closeMended(options, rejected, marker);
  meter.progress.tell(undefined);
  await stageCorrections(options, staging, [...corrections.values()]);
}

/** What was rejected before and is mapped now needs nobody any more. */
async function closeMended(
  { services, product, input }: MapWholeOptions,
  rejected: ReadonlySet<string>,
  marker: ClosedMarker,
): Promise<void> {
  for await (const reject of services.rejects.openOfTransform(product.id, input.name)) {
    if (rejected.has(reject.id) || reject.line < marker.from) continue;
    await services.journal.commit({ appends: [services.rejects.closing(reject, 'replayed', null)] });
  }
}

async function stageCorrections(
  { services, dataset }: MapWholeOptions,
  staging: LineFile,
  corrections: readonly string[],
): Promise<void> {
  if (corrections.length === 0) return;
  const bytes = Buffer.from(corrections.map((document) => `${document}\n`).join(''));
  const slice = { bytes, framing: { format: 'ndjson' } as const, line: 1 };
  const verdict = await services.pool.validate(dataset, 'upsert', slice);
  await staging.append(verdict.accepted, verdict.count);
}
