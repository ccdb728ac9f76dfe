/** The command line as people and programs use it: exit codes, JSON, and nothing but text where there is no terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { loadCommands, runCli } from '../../src/cli/run-cli.ts';
import { inputs } from '../../src/inputs/index.ts';
import { ports } from '../../src/ports/index.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { push } from '../support/push.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const SPEC = itemsSpec(
  'inputs:\n  source: { from: push }\nkey: [id]\nfields:\n  id: { type: integer, required: true }\n  name: string\n',
);
const BROKEN = SPEC.replace('fields:', 'feilds:');
const ESCAPE = '\u001b';
interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function wharf(
  args: readonly string[],
  options: { cwd?: string; stopWhen?: string; env?: object } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [path.join(packageRoot, 'bin', 'wharf.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd ?? packageRoot,
    env: { ...process.env, FORCE_COLOR: '1', ...options.env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
    if (options.stopWhen !== undefined && out.includes(options.stopWhen)) child.kill('SIGTERM');
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

/** Without a process, and with what a terminal is like. */
async function called(argv: readonly string[], isTTY = false): Promise<Ended> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const texts = { out: '', err: '' };
  out.on('data', (chunk) => {
    texts.out += chunk;
  });
  err.on('data', (chunk) => {
    texts.err += chunk;
  });
  const code = await runCli({
    argv,
    registries: { inputs, ports, deliveries: {} },
    signal: new AbortController().signal,
    out: Object.assign(out, { isTTY }),
    err: Object.assign(err, { isTTY }),
  });
  return { code, ...texts };
}

describe('the command line', () => {
  let mesh: string;
  let broken: string;
  let data: string;
  let server: WharfProcess;
  let where: string[];

  beforeAll(async () => {
    mesh = await meshFolder({ 'items.product.yaml': SPEC, 'fine.csv': 'id,name\n1,a\n2,b\n' });
    broken = await meshFolder({ 'items.product.yaml': BROKEN });
    data = path.join(mesh, '.wharf');
    server = await WharfProcess.start({ mesh, data });
    await push(server.url, [{ id: 1 }, { id: 2 }, { id: 'x' }]);
    where = ['--mesh', mesh, '--data', data];
  });

  afterAll(async () => server?.stop());

  it('has commands that each refuse an option they do not have, also as JSON', async () => {
    for (const { name } of await loadCommands()) {
      const { code, out } = await called([name, '--no-such-option', '--json']);
      const { error } = JSON.parse(out) as { error: { message: string } };
      expect({ code, message: error.message }).toEqual({
        code: 2,
        message: `"wharf ${name}" has no option "--no-such-option".`,
      });
    }
  });

  /** What each command answers, asked so that it can. Functions, because the folders are known later. */
  const ANSWERS: readonly (readonly [string, number, () => Promise<string[]> | string[], RegExp])[] = [
    ['check', 0, () => ['check', mesh], /no problem|ok/i],
    ['check of a broken mesh', 1, () => ['check', broken], /feilds/],
    ['init', 0, async () => ['init', path.join(await temporaryFolder('init'), 'shop')], /mesh\.yaml/],
    [
      'add',
      0,
      async () => [
        'add',
        path.join(mesh, 'fine.csv'),
        '--mesh',
        await meshFolder({}),
        '--domain',
        'test',
        '--owner',
        'test',
      ],
      /fine/,
    ],
    ['clean', 0, () => ['clean', ...where], /Nothing was left|left/],
    ['explain', 0, () => ['explain', 'test.items', '--mesh', mesh], /test\.items/],
    ['test', 0, () => ['test', mesh], /test/],
    ['types', 0, () => ['types', mesh], /TypeScript/],
    ['status', 0, () => ['status', mesh, '--data', data], /test\.items/],
    ['tail', 0, () => ['tail', 'test.items', '--from', 'earliest', '--limit', '2', ...where], /1/],
    ['rejects', 0, () => ['rejects', 'test.items', ...where], /TYPE_MISMATCH|source/],
    ['release of what is not held', 1, () => ['release', 'test.items', '--reason', 'none', ...where], /./],
    ['replay of what is not mapped', 1, () => ['replay', 'test.items', ...where], /./],
    ['verify', 0, () => ['verify', 'test.items', ...where], /all as the log gives them/],
    ['verify of nothing', 1, () => ['verify', 'test.nothing', ...where], /test\.nothing/],
    ['up on a folder in use', 1, () => ['up', mesh, '--data', data, '--port', '0'], /is used by process/],
  ];

  it.each(ANSWERS)('answers %s with exit code %i, as JSON when asked', async (name, code, args, text) => {
    const [plain, json] = [await called(await args()), await called([...(await args()), '--json'])];
    expect({ code: plain.code, said: `${plain.out}${plain.err}` }).toEqual({
      code,
      said: expect.stringMatching(text),
    });
    expect(`${plain.out}${plain.err}`).not.toContain(ESCAPE);
    expect(json.code).toBe(code);
    // Records come one a line; everything else is one document.
    const parts = name === 'tail' ? json.out.trim().split('\n') : [json.out];
    for (const part of parts) expect(typeof JSON.parse(part)).toBe('object');
  });

  it('looks at the machine', async () => {
    const { code, out } = await called(['doctor', mesh, '--port', '1', '--json']);
    const { ok } = JSON.parse(out) as { ok: boolean };
    expect(code).toBe(ok ? 0 : 1);
  });

  it('says as JSON where it serves, and ends with 0 when it is told to stop', async () => {
    const other = await meshFolder({ 'items.product.yaml': SPEC });
    const { code, out } = await wharf(['up', other, '--port', '0', '--json'], { stopWhen: '\n}' });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      url: expect.stringContaining('http://127.0.0.1:'),
      products: [{ product: 'test.items@1' }],
    });
  });

  it.each([
    [['statsu'], 'Did you mean "status"?'],
    [['frobnicate'], 'wharf --help'],
    [['verify'], 'needs <product>'],
    [['verify', 'Not A Product', '--mesh', 'examples/skyline'], 'is not a product'],
    [['check', '--jsn'], 'has no option "--jsn"'],
    [['up', 'examples/skyline', '--port', 'many'], '--port'],
    [['status', 'no/such/folder'], 'no/such/folder'],
    [['import'], 'not available in this version'],
  ] as const)('calls %j misuse: exit code 2, and what to do instead', async (args, said) => {
    const plain = await called(args);
    expect({ code: plain.code, err: plain.err }).toEqual({ code: 2, err: expect.stringContaining(said) });
    expect(plain.out).toBe('');
  });

  it('tells misuse as JSON when asked', async () => {
    const { code, out } = await called(['statsu', '--json']);
    expect({ code, ...(JSON.parse(out) as object) }).toEqual({
      code: 2,
      error: { code: 'USAGE', message: 'There is no command "statsu".', hint: 'Did you mean "status"?' },
    });
  });

  it('shows help on the standard output, with exit code 0', async () => {
    for (const args of [['--help'], ['verify', '--help']]) {
      const { code, out } = await called(args);
      expect({ args, code, out }).toEqual({ args, code: 0, out: expect.stringContaining('Usage: wharf') });
    }
  });

  it('has colours on a terminal only, and none with NO_COLOR', async () => {
    const shown = async () => {
      const { code, out, err } = await called(['check', broken], true);
      expect(code).toBe(1);
      return out + err;
    };
    const before = process.env.NO_COLOR;
    try {
      delete process.env.NO_COLOR;
      expect(await shown()).toContain(ESCAPE);
      process.env.NO_COLOR = '1';
      expect(await shown()).not.toContain(ESCAPE);
    } finally {
      if (before === undefined) delete process.env.NO_COLOR;
      else process.env.NO_COLOR = before;
    }
  });

  it('ends its process with the exit code, and without escapes even when colours are asked for', async () => {
    const empty = await temporaryFolder('empty');
    const [fine, wrong, misused] = await Promise.all(
      [
        ['check', mesh],
        ['check', broken],
        ['check', empty],
      ].map((args) => wharf(args)),
    );
    expect([fine?.code, wrong?.code, misused?.code]).toEqual([0, 1, 2]);
    expect(JSON.stringify([fine, wrong, misused])).not.toContain('\\u001b');
  });

  it('ends in order when nobody reads the rest of what it prints', async () => {
    const script = path.join(packageRoot, 'bin', 'wharf.js');
    const child = spawn(process.execPath, [script, 'describe', 'inputs'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });
});
