/**
 * Runs experiments and prints what each found, a line of JSON each: `npm run faults -- [names] [--short | --brief] [--seed N] [--minutes N]`.
 * Exit code 0 when all promises hold, 1 when something was found, 2 for misuse.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { EXPERIMENTS } from './experiments.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string' },
    short: { type: 'boolean', default: false },
    brief: { type: 'boolean', default: false },
    seed: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !EXPERIMENTS.some((experiment) => experiment.name === name));
if (unknown.length > 0) {
  const names = EXPERIMENTS.map(({ name }) => name).join(', ');
  console.error(`There is no experiment "${unknown.join('", "')}". There are: ${names}.`);
  process.exit(2);
}
const form = values.brief ? 'brief' : values.short ? 'short' : 'long';
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const minutes = Number(values.minutes ?? Number.POSITIVE_INFINITY);
const chosen = EXPERIMENTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
let found = 0;
for (const experiment of chosen) {
  const folder = mkdtempSync(path.join(os.tmpdir(), `wharf-faults-${experiment.name}-`));
  const startedMs = Date.now();
  const tell = (line: string) => console.error(`${experiment.name}: ${line}`);
  const isOver = () => Date.now() > startedMs + minutes * 60_000;
  const report = await experiment.run({ seed, form, folder, tell, isOver });
  const { name, promises } = experiment;
  const seconds = Math.round((Date.now() - startedMs) / 1_000);
  console.log(JSON.stringify({ experiment: name, promises, seed, seconds, ...report }));
  found += report.findings.length;
  rmSync(folder, { recursive: true, force: true });
}
process.exit(found === 0 ? 0 : 1);
