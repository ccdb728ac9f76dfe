/** Time of the processor that a process and all below it have used: what is measured says the same on a busy machine. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

interface Used {
  readonly parent: number;
  readonly ticks: number;
}

export function cpuSeconds(pid: number): number {
  const all = new Map<number, Used>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const used = usedBy(Number(name));
    if (used) all.set(Number(name), used);
  }
  const isBelow = (of: number): boolean => of === pid || (all.has(of) && isBelow(all.get(of)?.parent ?? 0));
  const ticks = [...all].reduce((sum, [of, used]) => (isBelow(of) ? sum + used.ticks : sum), 0);
  return ticks / TICKS_PER_SECOND;
}

/** Undefined once the process is gone. */
function usedBy(pid: number): Used | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    // It ended between the listing and the reading.
    return undefined;
  }
}
