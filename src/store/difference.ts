/**
 * What a staged file would change: the records that bring the state at the head to what was staged, and no others.
 *
 * Of several staged documents of one key the last one counts. Values are compared column by column, nulls equal to nulls.
 */
import { removeFile } from '../base/files.ts';
import { columnsOf, type Dataset, keyFieldsOf } from '../schema/field.ts';
import { rowJournalSql } from '../schema/json-form.ts';
import { loadRowsSql } from '../schema/load-sql.ts';
import { otherFieldsOf, sameKeySql } from '../schema/reduce-sql.ts';
import { sqlName } from '../schema/sql-type.ts';
import { copyLinesSql } from './copy-lines.ts';
import { openRelation } from './snapshot.ts';
import { columnNames, keyNames } from './source-sql.ts';
import { stageLines } from './stage-lines.ts';
import type { StreamStore } from './stream-store.ts';

export interface DifferenceOptions {
  /** NDJSON in journal form. */
  readonly staged: string;
  readonly deletes: boolean;
  readonly out: string;
}

export async function writeDifference(
  store: StreamStore,
  dataset: Dataset,
  options: DifferenceOptions,
): Promise<{ readonly upserts: number; readonly deletes: number }> {
  const { writer, journal, limits, temporaryFile } = store.context;
  const envelopes = temporaryFile('ndjson');
  const relation = await openRelation(store, dataset, journal.head(store.stream));
  try {
    await stageLines(options.staged, envelopes);
    const statements = differenceSql(dataset, { ...options, envelopes, state: relation.sql });
    const result = await writer.run(statements, { deadlineMs: limits.writeDeadlineMs });
    const [deletes, upserts] = result.rows[0] ?? [];
    return { deletes: Number(deletes ?? 0), upserts: Number(upserts ?? 0) };
  } finally {
    relation.release();
    await removeFile(envelopes);
  }
}

interface DifferenceInput extends DifferenceOptions {
  readonly envelopes: string;
  /** A SELECT of the state. */
  readonly state: string;
}

/** Temporary tables live on the one connection that runs these statements, and are dropped by the next run of them. */
function differenceSql(dataset: Dataset, input: DifferenceInput): string[] {
  const document = rowJournalSql(columnsOf(dataset));
  const gone = rowJournalSql(keyFieldsOf(dataset));
  const upserts = `SELECT 1 AS _part, _position AS _line, ${document} AS _document FROM (${changedSql(dataset, input.state)})`;
  const deletes = input.deletes
    ? `SELECT 0 AS _part, 0 AS _line, ${gone} AS _document FROM (${goneSql(dataset, input.state)}) UNION ALL `
    : '';
  return [
    `CREATE OR REPLACE TEMP TABLE _staged AS ${newestSql(dataset, input.envelopes)}`,
    `CREATE OR REPLACE TEMP TABLE _difference AS ${deletes}${upserts}`,
    copyLinesSql('SELECT _document FROM _difference ORDER BY _part, _line, _document', input.out),
    'CREATE OR REPLACE TEMP TABLE _counts AS SELECT count(*) FILTER (_part = 0) AS deletes, count(*) FILTER (_part = 1) AS upserts FROM _difference',
    'DROP TABLE _staged',
    'DROP TABLE _difference',
    'SELECT deletes, upserts FROM _counts',
  ];
}

function newestSql(dataset: Dataset, envelopes: string): string {
  const load = loadRowsSql(dataset, envelopes);
  return `SELECT _position, ${columnNames(dataset)} FROM (${load}) QUALIFY row_number() OVER (PARTITION BY ${keyNames(dataset)} ORDER BY _position DESC) = 1`;
}

function changedSql(dataset: Dataset, state: string): string {
  const differs = otherFieldsOf(dataset).map((field) => {
    const name = sqlName(field.name);
    return `s.${name} IS DISTINCT FROM c.${name}`;
  });
  const same = [sameKeySql(dataset, 's', 'c'), ...differs.map((condition) => `NOT (${condition})`)].join(
    ' AND ',
  );
  return `SELECT s.* FROM _staged s ANTI JOIN (${state}) c ON ${same}`;
}

function goneSql(dataset: Dataset, state: string): string {
  return `SELECT c.* FROM (${state}) c ANTI JOIN _staged s ON ${sameKeySql(dataset, 'c', 's')}`;
}
