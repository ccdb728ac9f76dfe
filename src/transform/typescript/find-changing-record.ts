import type { Random } from '../../base/random.ts';
import { readJson } from '../../schema/json-reader.ts';
import { isJsonObject, type JsonValue, writeJson } from '../../schema/json-value.ts';
import type { TransformProblem } from '../diagnostic-of.ts';
import type { AskedRow, GuestInput, GuestSetup } from './messages.ts';
import { IS_REMOVED } from './removed.ts';
import { sampleRecord } from './sample-records.ts';
import { type FetchRows, type RanRecord, type RunnerOptions, TypescriptRunner } from './typescript-runner.ts';

const SAMPLES = 12;

/**
 * Finds calls of what is not there, and runs made-up records twice: in one process in their order, in another one in the opposite order. A transform that keeps something
 * between records gives something else for one of them.
 */
export async function findChangingRecord(
  options: RunnerOptions,
  functions: readonly string[],
  random: Random,
): Promise<TransformProblem | undefined> {
  const inputs = options.setup.inputs.filter(({ name }) => functions.includes(name));
  const samples = inputs.map(({ name, fields }) => ({
    name,
    records: Array.from({ length: SAMPLES }, () => sampleRecord(fields, random)),
  }));
  const fetch = madeUpRows(options.setup, random);
  const first = await runAll(options, samples, fetch);
  const removed = first.find(({ failure }) => failure?.includes(IS_REMOVED))?.failure;
  if (removed !== undefined)
    return {
      code: 'TRANSFORM_UNREPEATABLE',
      message: `Records fail: ${removed}`,
      hint: 'Take what changes from the record itself, such as a field that holds its time.',
    };
  const turned = samples.map(({ name, records }) => ({ name, records: [...records].reverse() })).reverse();
  const second = (await runAll(options, turned, fetch)).reverse();
  const records = samples.flatMap((sample) => sample.records);
  const at = first.findIndex((ran, i) => textOf(ran) !== textOf(second[i]));
  if (at < 0) return undefined;
  return {
    code: 'TRANSFORM_UNREPEATABLE',
    message: `The transform gives something else for the same record when it is run again: ${records[at]}`,
    expected: textOf(first[at]),
    received: textOf(second[at]),
    hint: 'Keep nothing between records: what a record gives may depend on it and on what it looks up alone.',
  };
}

async function runAll(
  options: RunnerOptions,
  samples: readonly { readonly name: string; readonly records: readonly string[] }[],
  fetch: FetchRows,
): Promise<RanRecord[]> {
  const runner = new TypescriptRunner(options);
  try {
    const all: RanRecord[] = [];
    for (const { name, records } of samples) all.push(...(await runner.run(name, records, fetch)));
    return all;
  } finally {
    await runner.close();
  }
}

function textOf(ran: RanRecord | undefined): string {
  return ran?.rows ? `[${ran.rows.join(',')}]` : (ran?.failure ?? '');
}

/** For each key either nothing or a row, always the same. */
function madeUpRows({ inputs }: GuestSetup, random: Random): FetchRows {
  const known = new Map<string, { readonly row: string | undefined }>();
  return async (asked) =>
    asked.map((one) => {
      const id = `${one.input} ${one.key}`;
      const table = inputs.find(({ name }) => name === one.input);
      const row = known.get(id) ?? {
        row: table && random.next() < 0.75 ? madeUpRow(table, one, random) : undefined,
      };
      known.set(id, row);
      return row;
    });
}

function madeUpRow({ fields }: GuestInput, { key }: AskedRow, random: Random): string {
  const given = membersOf(key);
  const row = [...membersOf(sampleRecord(fields, random))].map(
    ([name, value]) => `${JSON.stringify(name)}:${writeJson(given.get(name) ?? value)}`,
  );
  return `{${row.join(',')}}`;
}

function membersOf(json: string): Map<string, JsonValue> {
  const value = readJson(json);
  return new Map(isJsonObject(value) ? value.entries : []);
}
