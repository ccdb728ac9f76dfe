// Runs benches one after another and writes what they print to bench/report.md: `npm run bench -- [--quick] [names]`, all of them where none is
// named; quick runs take less data, and say so in the report. Charts that a bench tells of are shown with it.
// What stands in the report of benches that are not run stays, with the time and load of its own run.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const report = path.join(root, 'bench', 'report.md');
const all = readdirSync(path.join(root, 'bench'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length))
  .sort();

/** Sizes of quick runs, all together within about 20 minutes on a machine that does nothing else; benches that are not here are short. */
const QUICK = {
  capture: ['200000', '1'],
  checks: ['500000'],
  curves: ['--quick'],
  files: ['500000'],
  latency: ['10'],
  'look-ups': ['200000', '5'],
  merge: ['500000'],
  nexmark: ['100000'],
  push: ['200'],
  rekey: ['100000', 'bench/charts'],
  start: ['3'],
  validate: ['50000'],
};

/** Arguments of whole runs. */
const WHOLE = { rekey: ['1000000', 'bench/charts'] };

const isQuick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--quick');
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join('", "')}"; there are: ${all.join(', ')}.`);
  process.exit(2);
}

const load = () => os.loadavg()[0].toFixed(1);
const gigabytes = (bytes) => `${(bytes / 2 ** 30).toFixed(0)} GiB`;

/** What the file says of itself: the comment that it begins with, without how to run it. */
function about(name) {
  const text = readFileSync(path.join(root, 'bench', `${name}.ts`), 'utf8');
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
  const prose = lines.filter((line) => !line.startsWith('    '));
  return prose
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/** Shows what it prints while it prints it. */
function run(name) {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [path.join(root, 'scripts', 'bench.mjs'), name, ...((isQuick ? QUICK : WHOLE)[name] ?? [])],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes) => {
        output += bytes;
        process.stdout.write(bytes);
      });
    child.once('exit', (code, signal) => resolve({ output: output.trim(), ended: code ?? signal }));
  });
}

function commit() {
  const { stdout, status } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : 'unknown';
}

async function section(name) {
  const before = load();
  const startedMs = Date.now();
  const { output, ended } = await run(name);
  const seconds = ((Date.now() - startedMs) / 1_000).toFixed(0);
  const when = new Date(startedMs).toISOString().slice(0, 16);
  const said = ended === 0 ? '' : ` **It failed (${ended}).**`;
  const facts = `${when}Z, ${isQuick && QUICK[name] ? 'quick form, ' : ''}commit ${commit()}, ${seconds} s; load ${before} before, ${load()} after, on ${os.availableParallelism()} processors.${said}`;
  const charts = [...output.matchAll(/^ *chart: (\S+\.svg)$/gm)].map(
    ([, file]) => `![${path.basename(file, '.svg')}](${file})`,
  );
  const shown = charts.length > 0 ? `\n${charts.join('\n')}\n` : '';
  return `${about(name)}\n\n${facts}\n\n\`\`\`\n${output}\n\`\`\`\n${shown}`;
}

/** Sections of the report that is there, by name. */
function kept() {
  if (!existsSync(report)) return new Map();
  const [, ...parts] = readFileSync(report, 'utf8').split(/^## /m);
  return new Map(
    parts.map((part) => [
      part.slice(0, part.indexOf('\n')),
      `${part.slice(part.indexOf('\n') + 1).trim()}\n`,
    ]),
  );
}

function header() {
  const [cpu] = os.cpus();
  const versions = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).dependencies;
  return `# Benches

Written by \`npm run bench\`. Each figure stands beside a baseline of the same run, or is processor time: what else the machine did shows in the load, and
ratios hold where times do not.

Last machine: ${cpu?.model.trim() ?? 'unknown'}, ${os.availableParallelism()} processors, ${gigabytes(os.totalmem())}, ${os.type()} ${os.release()}; Node ${process.versions.node},
DuckDB ${versions['@duckdb/node-api']}, LMDB ${versions.lmdb}.
`;
}

const sections = kept();
let failed = 0;
for (const name of wanted.length > 0 ? wanted : all) {
  console.log(`\n== ${name}`);
  const text = await section(name);
  if (text.includes('**It failed')) failed += 1;
  sections.set(name, text);
  // Written after each, so that a run that is cut off leaves what it has.
  const bodies = all
    .filter((each) => sections.has(each))
    .map((each) => `## ${each}\n\n${sections.get(each)}`);
  writeFileSync(report, `${header()}\n${bodies.join('\n').trimEnd()}\n`);
}
process.exit(failed === 0 ? 0 : 1);
