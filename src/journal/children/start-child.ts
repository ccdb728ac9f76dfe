/** Runs one of the scripts beside this file as a process of its own, for tests and benches. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.resolve(here, '../../../node_modules');

/** Builds a script into a folder of the test's own, where it finds the packages. Returns the built file. */
export async function buildChild(name: string, folder: string): Promise<string> {
  const outfile = path.join(folder, `${name}.mjs`);
  await build({
    entryPoints: [path.join(here, `${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  symlinkSync(modules, path.join(folder, 'node_modules'));
  return outfile;
}

export interface RunningChild {
  readonly process: ChildProcess;
  /** Every whole line that the child wrote, in order. */
  readonly lines: readonly string[];
  /** Resolves with the first line that starts so. Rejects when the child ends without it. */
  line(start: string): Promise<string>;
  /** Resolves when the child has ended and everything that it wrote was read. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export function startChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): RunningChild {
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    child.emit('lines');
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const line = (start: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.find((each) => each.startsWith(start));
        if (found !== undefined) resolve(found);
      };
      child.on('lines', look);
      child.once('close', () =>
        reject(new Error(`The child ended without "${start}": ${lines.join(' | ')}`)),
      );
      look();
    });
  return { process: child, lines, line, ended };
}
