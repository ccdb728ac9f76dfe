/**
 * Parts of a batch that are sent at once. Clients at the same place of a product are given the same batches, and so the same parts: what is
 * made of a part for one of them can be kept by the part, for all.
 */
import type { StreamRecord } from '../../kit/reader.ts';

/** Characters of documents that are sent before a client's buffer is looked at again, at most. */
const SLICE_LENGTH_MAX = 64 * 1024;

interface Cut {
  readonly length: number;
  readonly slices: readonly (readonly StreamRecord[])[];
}

/** As they were cut last, while somebody holds the batch. */
const cuts = new WeakMap<readonly StreamRecord[], Cut>();

/** Records in order, in parts of at most about so many characters as may wait for a client. */
export function slicesOf(batch: readonly StreamRecord[], bufferBytes: number): Cut['slices'] {
  // In steps of two, so that clients who come and go do not change it for all each time.
  const length = 2 ** Math.floor(Math.log2(Math.min(SLICE_LENGTH_MAX, bufferBytes)));
  const known = cuts.get(batch);
  if (known?.length === length) return known.slices;
  const slices = cut(batch, length);
  cuts.set(batch, { length, slices });
  return slices;
}

function cut(batch: readonly StreamRecord[], sliceLength: number): Cut['slices'] {
  const slices: (readonly StreamRecord[])[] = [];
  let [from, length] = [0, 0];
  for (const [i, record] of batch.entries()) {
    length += record.document.length + record.key.length;
    if (length < sliceLength) continue;
    slices.push(batch.slice(from, i + 1));
    [from, length] = [i + 1, 0];
  }
  if (from < batch.length) slices.push(from === 0 ? batch : batch.slice(from));
  return slices;
}

/** What `make` makes of a part, once for all who are given it. */
export function oncePerSlice<T>(
  make: (slice: readonly StreamRecord[]) => T,
): (slice: readonly StreamRecord[]) => T {
  const made = new WeakMap<readonly StreamRecord[], { readonly value: T }>();
  return (slice) => {
    const known = made.get(slice);
    if (known) return known.value;
    const value = make(slice);
    made.set(slice, { value });
    return value;
  };
}
