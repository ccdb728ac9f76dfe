/** Rows that a transform looks up, from the states of its inputs at the cycle's positions. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomName } from '../../base/random.ts';
import { writeEnvelopes } from '../../schema/envelope.ts';
import { columnsOf, type Dataset, keyFieldsOf } from '../../schema/field.ts';
import { rowJsonSql } from '../../schema/json-form.ts';
import { loadRowsSql } from '../../schema/load-sql.ts';
import { sameKeySql } from '../../schema/reduce-sql.ts';
import { createRenderer } from '../../schema/renderer.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { DerivePlan } from '../../transform/derive-plan.ts';
import type { AskedRow } from '../../transform/typescript/messages.ts';
import type { FetchedRow, FetchRows } from '../../transform/typescript/typescript-runner.ts';
import type { Services } from '../capture/services.ts';

export interface LookupsOptions {
  readonly services: Services;
  readonly plan: DerivePlan;
  /** Statements that create a view of each input, of its name. */
  readonly setup: readonly string[];
  readonly signal: AbortSignal;
  /** Gets, for each row that could be asked for, the name of the row (see `rowName`) by the way it was asked for. */
  readonly names: Map<string, string>;
}

/** The same for a row however its key was written. `key` is the key as the engine and the journal write it. */
export function rowName(input: string, key: string): string {
  return `${input} ${key}`;
}

/** How a row was asked for. */
export function askedName({ input, key }: AskedRow): string {
  return `${input} ${key}`;
}

/** Looks rows up by sets: one query for each input that is asked. */
export function lookupsOf(options: LookupsOptions): FetchRows {
  return async (asked) => {
    const answers: FetchedRow[] = new Array(asked.length);
    for (const { name, dataset } of options.plan.tables) {
      const at = [...asked.keys()].filter((i) => asked[i]?.input === name);
      if (at.length === 0) continue;
      const fetched = await fetchRows(
        options,
        name,
        dataset,
        at.map((i) => asked[i] as AskedRow),
      );
      for (const [i, answer] of fetched.entries()) answers[at[i] as number] = answer;
    }
    return answers;
  };
}

async function fetchRows(
  { services, setup, signal, names }: LookupsOptions,
  name: string,
  dataset: Dataset,
  asked: readonly AskedRow[],
): Promise<FetchedRow[]> {
  const bytes = Buffer.from(asked.map(({ key }) => `${key}\n`).join(''));
  const slice = { bytes, framing: { format: 'ndjson' } as const, line: 1 };
  const { accepted, count, indices, rejects } = await services.pool.validate(dataset, 'delete', slice);
  const answers: FetchedRow[] = asked.map(() => ({ row: undefined }));
  for (const { index, reasons } of rejects)
    answers[index] = { refused: reasons.map(({ message }) => message).join(' ') };
  if (count === 0) return answers;
  const { key: keyOf } = createRenderer(dataset);
  const keyTexts = Buffer.from(accepted).toString('utf8').trimEnd().split('\n');
  for (const [i, text] of keyTexts.entries())
    names.set(askedName(asked[indices?.[i] ?? i] as AskedRow), rowName(name, keyOf(text)));
  const file = path.join(services.temporaryFolder, `lookup-${randomName()}.keys`);
  const keys: Dataset = { ...dataset, fields: keyFieldsOf(dataset), extra: 'refuse' };
  try {
    const body = { first: 0, last: count - 1, timeUs: 0, body: accepted, deletes: [] };
    await writeFile(file, writeEnvelopes(body), { mode: 0o600 });
    const line = rowJsonSql(columnsOf(dataset));
    const found = `select k._position as _at, s.* from (${loadRowsSql(keys, file)}) k join ${sqlName(name)} s on ${sameKeySql(dataset, 'k', 's')}`;
    const { rows } = await services.engine.run([...setup, `select _at, ${line} from (${found})`], { signal });
    for (const [at, row] of rows) answers[indices?.[Number(at)] ?? Number(at)] = { row: String(row) };
  } finally {
    await rm(file, { force: true });
  }
  return answers;
}
