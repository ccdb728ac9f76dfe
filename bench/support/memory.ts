import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process and all that it started, in bytes; Linux only, 0 elsewhere. */
export function processTreeRss(pid: number): number {
  return [...rssByName(pid).values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** The same, without pages of files, which the system takes back when it needs them: those of a journal that grows are among them. */
export function processTreeOwnBytes(pid: number): number {
  return [...rssByName(pid, 'RssAnon').values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** The same by the names of the processes, those of one name together. */
export function rssByName(pid: number, figure: 'VmRSS' | 'RssAnon' = 'VmRSS'): ReadonlyMap<string, number> {
  const bytesIn = new RegExp(`^${figure}:\\s+(\\d+)`, 'm');
  const children = new Map<number, number[]>();
  const found = new Map<number, { readonly name: string; readonly bytes: number }>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const status = statusOf(entry);
    if (status === undefined) continue;
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    const name = /^Name:\s+(.*)$/m.exec(status)?.[1] ?? '';
    found.set(Number(entry), { name, bytes: Number(bytesIn.exec(status)?.[1] ?? 0) * 1_024 });
  }
  const sums = new Map<string, number>();
  const add = (id: number): void => {
    const process = found.get(id);
    if (process) sums.set(process.name, (sums.get(process.name) ?? 0) + process.bytes);
    for (const child of children.get(id) ?? []) add(child);
  };
  add(pid);
  return sums;
}

/** Undefined once the process is gone. */
function statusOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw thrown;
  }
}

/** Resident memory of one process, in bytes; throws where it is gone. Linux only. */
export function rssOf(pid: number): number {
  return figureOf(pid, 'VmRSS');
}

/** The same, without pages of files. */
export function ownBytesOf(pid: number): number {
  return figureOf(pid, 'RssAnon');
}

function figureOf(pid: number, figure: 'VmRSS' | 'RssAnon'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${figure}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1_024;
}
