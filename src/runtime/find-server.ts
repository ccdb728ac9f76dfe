import { readLock } from '../journal/data-folder.ts';

/** A server that is up on a data folder of this machine. */
export interface FoundServer {
  readonly pid: number;
  readonly url: string;
  readonly secret: string;
}

/** Undefined when no live process holds the data folder, or it does not serve (yet). */
export async function findServer(dataFolder: string): Promise<FoundServer | undefined> {
  const lock = await readLock(dataFolder);
  return lock?.url && lock.secret ? { pid: lock.pid, url: lock.url, secret: lock.secret } : undefined;
}
