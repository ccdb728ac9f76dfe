/** How the processor is shared between a guest and the rest of the platform. */
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

/** That of a guest whose consumer has taken much: others then get nearly all that they want. */
export const LOW_PRIORITY = 15;

/** The kernel counts in hundredths of a second. */
const TICK_MS = 10;

/** Processor time that a process has used, in milliseconds; undefined where the machine does not tell, or the process is gone. */
export function processorMs(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in front is in parentheses, and may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined;
  }
}

/** Of all threads of a process; false where the machine does not have or allow it. */
export function setPriority(pid: number, priority: number): boolean {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) os.setPriority(Number(thread), priority);
    return true;
  } catch {
    return false;
  }
}
