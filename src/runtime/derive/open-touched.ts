/** The rows of an input that a step may change what comes of: SELECTs of its columns. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomName } from '../../base/random.ts';
import { writeEnvelopes } from '../../schema/envelope.ts';
import { columnsOf, type Dataset, keyFieldsOf } from '../../schema/field.ts';
import { loadRowsSql } from '../../schema/load-sql.ts';
import { sameKeySql } from '../../schema/reduce-sql.ts';
import { sqlName } from '../../schema/sql-type.ts';
import type { Relation } from '../../store/store.ts';
import type { DeriveTable } from '../../transform/derive-plan.ts';
import type { Services } from '../capture/services.ts';

export interface TouchedRows {
  /** Statements to be run before, on the same connection, on which the input is a view of its name, as it was or as it is. */
  readonly setup: readonly string[];
  readonly before: string;
  readonly now: string;
  release(): Promise<void>;
}

export interface TouchedRequest {
  readonly table: DeriveTable;
  readonly from: number;
  readonly to: number;
  /** Keys of rows besides those with records in between, as JSON texts. */
  readonly dependants: readonly string[];
}

const KEYS = '_touched_keys';

/** Throws POSITION_GONE, RUN_DAMAGED; then nothing is left open. */
export async function openTouched(services: Services, request: TouchedRequest): Promise<TouchedRows> {
  const { table, from, to, dependants } = request;
  const { name, stream, dataset } = table;
  const records = from === to ? undefined : await services.store.records(stream, dataset.name, from, to);
  const columns = columnsOf(dataset).map((field) => sqlName(field.name));
  if (dataset.key === 'none') return onlyAdded(name, columns.join(', '), records);
  const file = path.join(services.temporaryFolder, `touched-${randomName()}.keys`);
  const release = async () => {
    records?.release();
    await rm(file, { force: true });
  };
  try {
    const keys = keyFieldsOf(dataset).map((field) => sqlName(field.name));
    const sources = [
      ...(records ? [records.sql] : []),
      ...(dependants.length > 0 ? [await keysInFile(services, dataset, dependants, file)] : []),
    ];
    const touched = sources.map((source) => `select ${keys.join(', ')} from (${source})`);
    const list = columns.map((column) => `s.${column}`).join(', ');
    const rows = `select ${list} from ${sqlName(name)} s semi join ${KEYS} k on ${sameKeySql(dataset, 's', 'k')}`;
    const setup = [`create temp table ${KEYS} as ${touched.join(' union ')}`];
    return { setup, before: rows, now: rows, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Rows without a key are only ever added: the records are the rows. */
function onlyAdded(name: string, columns: string, records: Relation | undefined): TouchedRows {
  const none = `select ${columns} from ${sqlName(name)} where false`;
  return {
    setup: [],
    before: none,
    now: records ? `select ${columns} from (${records.sql})` : none,
    release: async () => records?.release(),
  };
}

async function keysInFile(
  services: Services,
  dataset: Dataset,
  keys: readonly string[],
  file: string,
): Promise<string> {
  const bytes = Buffer.from(keys.map((key) => `${key}\n`).join(''));
  const slice = { bytes, framing: { format: 'ndjson' } as const, line: 1 };
  const { accepted, count } = await services.pool.validate(dataset, 'delete', slice);
  if (count !== keys.length) throw new Error(`Invariant broken: a key of ${dataset.name} is not one`);
  const body = { first: 0, last: count - 1, timeUs: 0, body: accepted, deletes: [] };
  await writeFile(file, writeEnvelopes(body), { mode: 0o600 });
  return loadRowsSql({ ...dataset, fields: keyFieldsOf(dataset), extra: 'refuse' }, file);
}
