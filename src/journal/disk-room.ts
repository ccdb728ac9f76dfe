import { statfs } from 'node:fs/promises';

/** Tells how many bytes are free for us; undefined where that cannot be told. */
export type DiskRoom = () => Promise<number | undefined>;

/**
 * LMDB copies the pages that it changes, so a group needs more than its own bytes. This factor is generous for large
 * groups; for small ones the reserve covers the difference.
 */
const GROWTH_FACTOR = 2;

export function diskRoomOf(folder: string): DiskRoom {
  return async () => {
    const { bavail, bsize, blocks } = await statfs(folder);
    // Some file systems answer zeros for what they do not know.
    return blocks === 0 ? undefined : bavail * bsize;
  };
}

export async function hasRoomFor(room: DiskRoom, bytes: number, reserveBytes: number): Promise<boolean> {
  const free = await room();
  return free === undefined || free >= bytes * GROWTH_FACTOR + reserveBytes;
}
