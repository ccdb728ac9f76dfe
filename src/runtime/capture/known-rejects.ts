/**
 * A source that is read as a whole again brings its old rejects with it. What a person did about them stands: a corrected record
 * comes in its corrected form, a discarded one does not come at all, and an open one is not told a second time.
 */
import type { Dataset } from '../../schema/field.ts';
import type { SliceVerdict } from '../../schema/slice.ts';
import type { RejectRecord } from '../rejects/reject-record.ts';
import type { Services } from './services.ts';

export interface Settled {
  readonly verdict: SliceVerdict;
  /** Those that nobody knew of. */
  readonly rejects: readonly RejectRecord[];
}

export async function withoutKnownRejects(
  services: Services,
  dataset: Dataset,
  verdict: SliceVerdict,
  rejects: readonly RejectRecord[],
): Promise<Settled> {
  if (rejects.length === 0) return { verdict, rejects };
  const known = await services.rejects.find(rejects.map((reject) => reject.id));
  const news = rejects.filter((reject) => !known.has(reject.id));
  const corrections = [...known.values()].flatMap((reject) =>
    reject.correction === null ? [] : [reject.correction],
  );
  if (corrections.length === 0) return { verdict, rejects: news };
  const bytes = Buffer.from(corrections.map((document) => `${document}\n`).join(''));
  const corrected = await services.pool.validate(dataset, 'upsert', {
    bytes,
    framing: { format: 'ndjson' },
    line: 1,
  });
  const accepted = new Uint8Array(verdict.accepted.length + corrected.accepted.length);
  accepted.set(verdict.accepted);
  accepted.set(corrected.accepted, verdict.accepted.length);
  return { verdict: { ...verdict, accepted, count: verdict.count + corrected.count }, rejects: news };
}
