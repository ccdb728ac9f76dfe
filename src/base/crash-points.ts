/**
 * Named places at which a test can have the process killed, as a power cut or `kill -9` would.
 *
 * `WHARF_CRASH_AT=journal.before-commit:3` kills the process the third time that point is reached. Without the
 * variable a point costs two comparisons. Within its own process a test may have itself told instead, and throw there.
 */
const wanted = process.env.WHARF_CRASH_AT;
const split = wanted?.lastIndexOf(':') ?? -1;
const wantedName = wanted && split > 0 ? wanted.slice(0, split) : wanted;
let remaining = wanted && split > 0 ? Number(wanted.slice(split + 1)) : 1;

let watcher: ((name: string) => void) | undefined;

/** For tests: called at every point from now on; undefined ends that. */
export function watchCrashPoints(watch: ((name: string) => void) | undefined): void {
  watcher = watch;
}

/** Marks a place where a crash must be survivable. Names are `folder.what-is-about-to-happen`. */
export function crashPoint(name: string): void {
  watcher?.(name);
  if (wantedName === undefined || name !== wantedName) return;
  remaining -= 1;
  if (remaining === 0) process.kill(process.pid, 'SIGKILL');
}
