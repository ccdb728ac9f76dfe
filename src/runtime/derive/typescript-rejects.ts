import type { Append } from '../../journal/journal.ts';
import type { Product } from '../../spec/model.ts';
import type { Services } from '../capture/services.ts';
import { type RejectRecord, rejectsAppend } from '../rejects/reject-record.ts';

/**
 * What must be journaled so that the open rejects of a transform are the records on which it fails now: those that are new, or fail
 * again, are opened; those that no longer fail, or are no longer there, are closed. What somebody discarded stays so.
 *
 * `failedBefore` holds the ids of the rejects that may have to be closed; all open ones when left out.
 */
export async function rejectChanges(
  services: Services,
  product: Product,
  failures: readonly RejectRecord[],
  failedBefore?: ReadonlySet<string>,
): Promise<readonly Append[]> {
  const failing = new Map(failures.map((reject) => [reject.id, reject]));
  const known = await services.rejects.find([...failing.keys()]);
  const opened = [...failing.values()].filter(({ id }) => {
    const status = known.get(id)?.status;
    return status === undefined || status === 'replayed';
  });
  const open = failedBefore
    ? [...(await services.rejects.find([...failedBefore])).values()].filter(({ status }) => status === 'open')
    : await allOpen(services, product);
  const closed = open
    .filter(({ id }) => !failing.has(id))
    .map((reject) => ({ ...reject, status: 'replayed' as const }));
  const changed = [...opened, ...closed];
  return changed.length > 0 ? [rejectsAppend(changed)] : [];
}

async function allOpen(services: Services, product: Product): Promise<RejectRecord[]> {
  const open: RejectRecord[] = [];
  for (const { name } of product.inputs)
    for await (const reject of services.rejects.openOfTransform(product.id, name)) open.push(reject);
  return open;
}
