import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process and all that it started, in bytes; Linux only, 0 elsewhere. */
export function processTreeRss(pid: number): number {
  const children = new Map<number, number[]>();
  const rss = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
      rss.set(Number(name), Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1_024);
    } catch (thrown) {
      if (
        (thrown as NodeJS.ErrnoException).code !== 'ENOENT' &&
        (thrown as NodeJS.ErrnoException).code !== 'ESRCH'
      )
        throw thrown;
    }
  }
  const sum = (id: number): number =>
    (rss.get(id) ?? 0) + (children.get(id) ?? []).reduce((total, child) => total + sum(child), 0);
  return sum(pid);
}

/** Resident memory of one process, in bytes; throws where it is gone. Linux only. */
export function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
}
