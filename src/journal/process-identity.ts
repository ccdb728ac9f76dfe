/** Which process is meant by a pid, and whether it still runs: pids are used again, and containers count their own. */
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { codeOf } from '../base/errors.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in clock ticks since the machine did; undefined where there is no /proc. */
  readonly startTicks: string | undefined;
  /** The machine's start and the namespace that the pid counts in; undefined where there is no /proc. */
  readonly space: string | undefined;
  readonly host: string;
}

export type Liveness = 'alive' | 'gone' | 'unknown';

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startTicks: startTicksOf(process.pid), space: pidSpace(), host: os.hostname() };
}

/** `unknown` when the process counts its pids elsewhere, or when this system cannot tell a used-again pid. */
export function livenessOf(identity: ProcessIdentity): Liveness {
  const sameSpace =
    identity.space === undefined ? identity.host === os.hostname() : identity.space === pidSpace();
  if (!sameSpace) return 'unknown';
  if (!runs(identity.pid)) return 'gone';
  if (identity.startTicks === undefined) return 'unknown';
  return startTicksOf(identity.pid) === identity.startTicks ? 'alive' : 'gone';
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Field 22 of /proc/<pid>/stat; the second field, in parentheses, may itself hold spaces and parentheses. A process that has
 * ended and was not yet waited for (Z, X) has no start.
 */
function startTicksOf(pid: number): string | undefined {
  const stat = fromProc(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' || fields?.[0] === 'X' ? undefined : fields?.[19];
}

function pidSpace(): string | undefined {
  return fromProc(() => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  });
}

function fromProc<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}
