/**
 * The part of a transform's process that runs beside the author's code, in a context of its own that has nothing but the language.
 * Only texts cross its border: what the author's code could lay hands on is in the same context.
 *
 * A record that looks up a row which is not known yet is given up and run again once it is. That is no different from running it
 * once, because a transform must give the same for the same records and rows.
 */
import type { Field } from '../../../schema/field.ts';
import { readJson } from '../../../schema/json-reader.ts';
import { isJsonObject } from '../../../schema/json-value.ts';
import type { AskedRow, CodePlace, GuestInput, GuestSetup, KnownRow, RecordOutcome } from '../messages.ts';
import { readRecord } from './read-value.ts';
import { removeUnsteady } from './remove-unsteady.ts';
import { kindOf, writeRecord } from './write-value.ts';

/** A step gives back control after this long, so that a time limit always falls on one record. */
const STEP_MS = 50;

type TransformFunction = (record: unknown, tools: { readonly lookup: unknown }) => unknown;
type Module = { exports: { default?: unknown } };

const nowMs = removeUnsteady();
const functions = new Map<string, TransformFunction>();
const known = new Map<string, string | null>();
let setup: GuestSetup = { inputs: [], fields: [] };
let file = '';
let lookup: unknown;
let asked: AskedRow[] = [];
let used: AskedRow[] = [];
let work: { input: GuestInput; records: readonly string[]; outcomes: RecordOutcome[] } | undefined;

/** Thrown through the author's code, which may catch it: `asked` is what counts. */
class NotKnownYet extends Error {}

const guest = {
  /** Evaluates the author's module. Gives the names of its functions as JSON, or `{ message, at }` of what is wrong with it. */
  load(
    setupJson: string,
    path: string,
    evaluate: (module: Module, exports: unknown, require: (name: string) => unknown) => void,
  ): string {
    setup = JSON.parse(setupJson) as GuestSetup;
    file = path;
    lookup = lookupOf(setup.inputs);
    const module: Module = { exports: {} };
    try {
      evaluate(module, module.exports, () => ({ defineTransform: (transform: unknown) => transform }));
      take(module.exports.default);
      return JSON.stringify({ functions: [...functions.keys()] });
    } catch (thrown) {
      return JSON.stringify(failureOf(thrown));
    }
  },
  know(rowsJson: string): void {
    for (const { input, key, row } of JSON.parse(rowsJson) as KnownRow[])
      known.set(`${input} ${key}`, row ?? null);
  },
  forget(): void {
    known.clear();
  },
  begin(inputName: string, recordsJson: string): void {
    const input = setup.inputs.find(({ name }) => name === inputName);
    if (!input) throw new Error(`Invariant broken: "${inputName}" is no input`);
    work = { input, records: JSON.parse(recordsJson), outcomes: [] };
  },
  /** Takes the next records; true once all have been taken. */
  step(): boolean {
    const startedMs = nowMs();
    while (work && work.outcomes.length < work.records.length) {
      if (nowMs() - startedMs > STEP_MS) return false;
      work.outcomes.push(runOne(work.input, work.records[work.outcomes.length] ?? ''));
    }
    return true;
  },
  /** The record that was under way took too long. */
  giveUp(): void {
    work?.outcomes.push({ kind: 'late', used });
  },
  end(): string {
    const json = JSON.stringify(work?.outcomes ?? []);
    work = undefined;
    return json;
  },
};

function take(exported: unknown): void {
  if (typeof exported !== 'object' || exported === null)
    throw new TypeError('The file has no default export: write export default defineTransform({ ... }).');
  for (const [name, value] of Object.entries(exported)) {
    if (typeof value !== 'function') throw new TypeError(`"${name}" is ${kindOf(value)}, not a function.`);
    functions.set(name, value as TransformFunction);
  }
}

function runOne(input: GuestInput, json: string): RecordOutcome {
  asked = [];
  used = [];
  try {
    const run = functions.get(input.name);
    if (!run) throw new Error(`Invariant broken: there is no function "${input.name}"`);
    const rows = rowsOf(run(recordOf(input.fields, json), { lookup }));
    if (asked.length === 0) return { kind: 'rows', rows, used };
  } catch (thrown) {
    if (asked.length === 0) return { kind: 'failed', ...failureOf(thrown), used };
  }
  return { kind: 'asks', asked, used };
}

function recordOf(fields: readonly Field[], json: string): Record<string, unknown> {
  const value = readJson(json);
  if (!isJsonObject(value)) throw new Error('Invariant broken: a record is an object');
  return readRecord(fields, value);
}

function rowsOf(given: unknown): string[] {
  if (!Array.isArray(given)) {
    const isPromise = typeof given === 'object' && given !== null && 'then' in given;
    const hint = isPromise ? ' A transform cannot wait for anything.' : '';
    throw new TypeError(`The function must give an array of rows; received ${kindOf(given)}.${hint}`);
  }
  return given.map((row) => writeRecord(setup.fields, row));
}

/** `lookup.airports({ iata: 'DFW' })`: the row, or undefined. */
function lookupOf(inputs: readonly GuestInput[]): unknown {
  const tables = inputs.filter(({ key }) => key.length > 0);
  return Object.freeze(
    Object.fromEntries(tables.map((table) => [table.name, (key: unknown) => look(table, key)])),
  );
}

function look(table: GuestInput, key: unknown): unknown {
  const text = keyText(table, key);
  const row = known.get(`${table.name} ${text}`);
  const one = { input: table.name, key: text };
  if (!used.some(({ input, key }) => input === one.input && key === one.key)) used.push(one);
  if (row === undefined) {
    asked.push(one);
    throw new NotKnownYet(`The row ${text} of ${table.name} is fetched.`);
  }
  return row === null ? undefined : recordOf(table.fields, row);
}

function keyText(table: GuestInput, key: unknown): string {
  const given = (typeof key === 'object' && key !== null ? key : {}) as Record<string, unknown>;
  const names = table.key.map(({ name }) => name);
  const missing = names.filter((name) => given[name] === undefined || given[name] === null);
  const more = Object.keys(given).filter((name) => !names.includes(name));
  if (missing.length + more.length > 0)
    throw new TypeError(
      `lookup.${table.name}() wants exactly the key's fields (${names.join(', ')}), none of them null.`,
    );
  return writeRecord(table.key, Object.fromEntries(names.map((name) => [name, given[name]])));
}

function failureOf(thrown: unknown): { message: string; at?: CodePlace } {
  const isError = typeof thrown === 'object' && thrown !== null && 'message' in thrown;
  const { name, message, stack } = (isError ? thrown : { message: String(thrown) }) as Partial<Error>;
  const plain = name === undefined || name === 'Error' || name === 'TypeError';
  const text = `${plain ? '' : `${name}: `}${String(message)}`.slice(0, 2_000);
  const at = placeIn(String(stack ?? ''));
  return at ? { message: text, at } : { message: text };
}

/** Where in the author's file an error came from. */
function placeIn(stack: string): CodePlace | undefined {
  const from = stack.indexOf(`${file}:`);
  const match = from < 0 ? undefined : /^(\d+):(\d+)/.exec(stack.slice(from + file.length + 1));
  return match ? { line: Number(match[1]), column: Number(match[2]) } : undefined;
}

export type Guest = typeof guest;
export { guest };
