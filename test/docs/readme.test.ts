/**
 * The tutorial of the README, typed in as it stands: every command of its `console` blocks is run in one shell, and what it prints must be
 * what the README shows, but for times, ids, durations and the port.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const README = path.join(packageRoot, 'README.md');
const SHOWN_ADDRESS = 'http://127.0.0.1:7400';
const START_DEADLINE_MS = 120_000;

/** A command goes on over the lines that begin with `> `, as a shell shows it. */
interface Step {
  readonly command: string;
  readonly shown: string;
}

function steps(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [first = '', ...rest] = step.split('\n');
        const shownFrom = rest.findIndex((line) => !line.startsWith('> '));
        const typed = rest.slice(0, shownFrom).map((line) => line.slice(2));
        return { command: [first, ...typed].join('\n'), shown: rest.slice(shownFrom).join('\n') };
      }),
  );
}

/** What differs from run to run, made the same. */
function steady(text: string, address: string, folder: string): string {
  return text
    .replaceAll(address, SHOWN_ADDRESS)
    .replaceAll(`${folder}/`, '')
    .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>')
    .replaceAll(/\b[0-9a-f]{16}\b/g, '<id>')
    .replaceAll(/ \(\d+\.\d s\)/g, '')
    .trim();
}

describe('the tutorial of the README', () => {
  let server: ChildProcess | undefined;

  afterAll(() => {
    server?.kill('SIGTERM');
  });

  it('does what it says, step by step', async () => {
    const folder = await temporaryFolder('readme');
    const wharf = `wharf() { "${process.execPath}" "${path.join(packageRoot, 'bin', 'wharf.js')}" "$@"; }`;
    let address = SHOWN_ADDRESS;
    let cwd = folder;

    const up = async (): Promise<string> => {
      const started = spawn(
        process.execPath,
        [path.join(packageRoot, 'bin', 'wharf.js'), 'up', '--port', '0'],
        { cwd },
      );
      server = started;
      let output = '';
      for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk) => (output += chunk));
      for (
        const deadline = Date.now() + START_DEADLINE_MS;
        Date.now() < deadline && !output.includes('Ctrl-C stops');
      ) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? address;
      return output.slice(0, output.indexOf('\nTry:'));
    };

    const all = steps(readFileSync(README, 'utf8'));
    expect(all.length).toBeGreaterThan(12);
    for (const { command, shown } of all) {
      if (command.startsWith('cd ')) {
        cwd = path.join(cwd, command.slice(3));
        continue;
      }
      const script = `${wharf}\n${command.replaceAll(SHOWN_ADDRESS, address)}`;
      const output =
        command === 'wharf up'
          ? await up()
          : String(spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' }).output.join(''));
      expect(`$ ${command}\n${steady(output, address, folder)}`).toBe(
        `$ ${command}\n${steady(shown, address, folder)}`,
      );
    }
  });
});
