/**
 * What comes from outside is made up at random, and damaged: specs, queries, messages of replication, files. Each is read, or refused with
 * a code; nothing else is thrown, and what is true of every reading is checked by other means than its own.
 */
import type { Experiment, ExperimentOptions, Report } from './experiment.ts';
import { jsonCutter, lineCutters } from './fuzz/record-cutters.ts';
import { csvRecords, ndjsonRecords } from './fuzz/records.ts';
import { replication } from './fuzz/replication.ts';
import { rowsQueries } from './fuzz/rows-queries.ts';
import { specs } from './fuzz/specs.ts';
import type { FuzzTarget } from './fuzz/target.ts';
import { workbooks } from './fuzz/workbooks.ts';

const TARGETS: readonly FuzzTarget[] = [
  specs,
  rowsQueries,
  replication,
  lineCutters,
  jsonCutter,
  ndjsonRecords,
  csvRecords,
  workbooks,
];
/** The short form tries this part of the inputs. */
const SHORT_PART = 500;

export const fuzz: Experiment = {
  name: 'fuzz',
  promises: ['P7', 'P10'],
  doc: 'Specs, queries, messages and files are made up and damaged: each is read, or refused with a code.',
  run: tryAll,
};

async function tryAll({ seed, form, tell }: ExperimentOptions): Promise<Report> {
  const findings: string[] = [];
  const figures: Record<string, number> = {};
  for (const target of TARGETS) {
    const runs = form === 'long' ? target.runs : Math.ceil(target.runs / SHORT_PART);
    const found = await target.try(seed, runs);
    figures[target.name] = runs;
    if (found !== undefined) findings.push(found);
    tell(
      `${target.name}: ${runs} inputs, ${found === undefined ? 'all read as they must be' : 'found something'}`,
    );
  }
  return { figures, findings };
}
