/**
 * Who makes a load takes no processor from who carries it: the server and all that it starts get one processor, the kit another. Needs
 * `taskset` (util-linux) and two processors.
 */
import { spawnSync } from 'node:child_process';

export interface OwnProcessors {
  /** What the server is started by. */
  readonly launcher: readonly string[];
  /** This process may use what it could before. */
  release(): void;
}

/** Undefined where the machine cannot do it; from then on this process has its own. */
export function ownProcessors(): OwnProcessors | undefined {
  const allowed = allowedProcessors();
  const [server, kit] = allowed;
  if (server === undefined || kit === undefined) return undefined;
  if (!pin([kit])) return undefined;
  return {
    launcher: ['taskset', '-c', String(server)],
    release: () => {
      pin(allowed);
    },
  };
}

/** `0-1,4` as 0, 1 and 4; none where there is no `taskset`. */
function allowedProcessors(): readonly number[] {
  const { stdout, status } = spawnSync('taskset', ['-c', '-p', String(process.pid)], { encoding: 'utf8' });
  if (status !== 0) return [];
  const list = /: ([\d,-]+)\s*$/.exec(stdout)?.[1] ?? '';
  return list.split(',').flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** All threads of this process. */
function pin(processors: readonly number[]): boolean {
  return spawnSync('taskset', ['-a', '-c', '-p', processors.join(','), String(process.pid)]).status === 0;
}
