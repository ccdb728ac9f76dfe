/**
 * Files of a data folder go bad behind Wharf's back: bits flip, ends are cut, files are gone, swapped or full of zeros. What is read then is
 * what was read before, or an error that has a code; never another answer.
 */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { integerBetween, oneOf, type Random, seededRandom } from '../../../src/base/random.ts';
import { startChild } from '../../../src/journal/children/start-child.ts';
import { AskedChild } from './asked-child.ts';
import { buildKitChild } from './build-child.ts';
import type { Experiment, ExperimentOptions, Report } from './experiment.ts';

const SHORT_DAMAGES = 40;
const LONG_DAMAGES = 10_000;

type Damage = (folder: string, files: readonly string[], random: Random) => string;

const DAMAGES: Readonly<Record<string, Damage>> = {
  'a flipped bit': (folder, files, random) => {
    const file = oneOf(random, files);
    const bytes = readFileSync(path.join(folder, file));
    const at = integerBetween(random, 0, Math.max(0, bytes.length - 1));
    const bit = integerBetween(random, 0, 7);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    writeFileSync(path.join(folder, file), bytes);
    return `bit ${bit} of byte ${at} of ${file}`;
  },
  'a cut end': (folder, files, random) => {
    const file = oneOf(random, files);
    const length = integerBetween(random, 0, statSync(path.join(folder, file)).size - 1);
    truncateSync(path.join(folder, file), length);
    return `${file} cut to ${length} bytes`;
  },
  'a missing file': (folder, files, random) => {
    const file = oneOf(random, files);
    rmSync(path.join(folder, file));
    return `${file} missing`;
  },
  'swapped files': (folder, files, random) => {
    const [a, b] = [oneOf(random, files), oneOf(random, files)];
    const [first, second] = [a, b].map((file) => readFileSync(path.join(folder, file)));
    writeFileSync(path.join(folder, a), second ?? '');
    writeFileSync(path.join(folder, b), first ?? '');
    return `${a} and ${b} swapped`;
  },
  'a file of zeros': (folder, files, random) => {
    const file = oneOf(random, files);
    writeFileSync(path.join(folder, file), Buffer.alloc(statSync(path.join(folder, file)).size));
    return `${file} full of zeros`;
  },
};

/** Files that hold data; locks and what is made for a while are not asked to last. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => /^(journal|store)\//.test(file) && !file.endsWith('-lock'))
    .filter((file) => statSync(path.join(folder, file)).size > 0)
    .sort();
}

async function sweep(options: ExperimentOptions, writer: string, reader: string): Promise<Report> {
  const whole = path.join(options.folder, 'whole');
  mkdirSync(whole);
  await startChild(process.execPath, [writer, whole]).ended;
  const files = filesIn(whole);
  const reading = new AskedChild(reader);
  const copy = path.join(options.folder, 'copy');
  const read = async (damage: (folder: string) => void) => {
    cpSync(whole, copy, { recursive: true });
    damage(copy);
    const answer = await reading.ask(copy);
    rmSync(copy, { recursive: true });
    return answer;
  };
  const random = seededRandom(options.seed);
  const findings: string[] = [];
  const figures: Record<string, number> = {
    damages: 0,
    harmless: 0,
    'told by a code': 0,
    'ended the process': 0,
  };
  const add = (name: string) => {
    figures[name] = (figures[name] ?? 0) + 1;
  };
  try {
    const expected = await read(() => undefined);
    if (!expected.startsWith('answer'))
      throw new Error(`The folder as it was written cannot be read: ${expected}`);
    const damages = options.form === 'long' ? LONG_DAMAGES : SHORT_DAMAGES;
    for (let i = 0; i < damages && !options.isOver(); i++) {
      const kind = oneOf(random, Object.keys(DAMAGES));
      let what = '';
      const answer = await read((folder) => {
        what = DAMAGES[kind]?.(folder, files, random) ?? '';
      });
      add('damages');
      if (answer === expected) add('harmless');
      else if (/^error [A-Z_]+$/.test(answer)) add('told by a code');
      else {
        if (answer.startsWith('died')) add('ended the process');
        findings.push(`${what} (seed ${options.seed}): ${answer.slice(0, 200)}`);
      }
      if ((i + 1) % 500 === 0) options.tell(`${i + 1} of ${damages}, ${findings.length} findings`);
    }
  } finally {
    await reading.close();
  }
  return { figures, findings };
}

export const damageSweep: Experiment = {
  name: 'damage-sweep',
  promises: ['P7'],
  doc: 'Files of journal and store are damaged at random: what is read is what was written, or an error with a code.',
  async run(options) {
    const [writer, reader] = await Promise.all([
      buildKitChild('scripted-store'),
      buildKitChild('read-stores'),
    ]);
    try {
      return await sweep(options, writer.file, reader.file);
    } finally {
      writer.remove();
      reader.remove();
    }
  },
};
