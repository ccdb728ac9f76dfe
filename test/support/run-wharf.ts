import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../src/base/entry.ts';

export interface CommandAnswer<T> {
  readonly status: number | null;
  readonly answer: T;
}

/** Runs one command to its end with `--json`. Throws with what it printed when that is not JSON. */
export function runWharf<T>(...args: readonly string[]): CommandAnswer<T> {
  const wharf = path.join(packageRoot, 'bin', 'wharf.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [wharf, ...args, '--json'], {
    encoding: 'utf8',
  });
  try {
    return { status, answer: JSON.parse(stdout) as T };
  } catch (cause) {
    throw new Error(`wharf ${args.join(' ')} printed: ${stdout}${stderr}`, { cause });
  }
}

export interface VerifyAnswer {
  readonly ok: boolean;
  readonly datasets: readonly {
    readonly against: 'log' | 'inputs';
    readonly position: number;
    readonly inputs?: Readonly<Record<string, number>>;
    readonly rows: number;
    readonly missing: number;
    readonly unexpected: number;
  }[];
}

/** `wharf verify` of a product that is served, or whose data folder nobody has open. */
export function verify(mesh: string, data: string, product: string): CommandAnswer<VerifyAnswer> {
  return runWharf('verify', product, '--mesh', mesh, '--data', data);
}
