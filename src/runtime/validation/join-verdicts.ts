import type { SliceVerdict } from '../../schema/slice.ts';

/** The verdict on a whole slice from those on its two halves; the head held `headRecords` records. */
export function joinVerdicts(head: SliceVerdict, tail: SliceVerdict, headRecords: number): SliceVerdict {
  const accepted = new Uint8Array(head.accepted.length + tail.accepted.length);
  accepted.set(head.accepted);
  accepted.set(tail.accepted, head.accepted.length);
  return {
    accepted,
    count: head.count + tail.count,
    indices: [...indicesOf(head), ...indicesOf(tail).map((index) => index + headRecords)],
    rejects: [
      ...head.rejects,
      ...tail.rejects.map((reject) => ({ ...reject, index: reject.index + headRecords })),
    ],
  };
}

function indicesOf(verdict: SliceVerdict): readonly number[] {
  return verdict.indices ?? Array.from({ length: verdict.count }, (_, i) => i);
}
