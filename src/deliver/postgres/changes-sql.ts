/** Changes as statements over `$1`, a JSON array of rows: the server reads every value itself, so no number passes through JavaScript. */
import type { DeliveryShape } from '../../kit/delivery.ts';
import { CHANGE_COLUMNS } from '../../kit/delivery.ts';
import { postgresName } from '../../kit/postgres-client.ts';
import { keyNames, sentType, storedValue, type TableColumn } from './table-columns.ts';

/** One statement each; a row's key stands once among the rows. */
export function changeStatements(
  table: string,
  shape: DeliveryShape,
  columns: readonly TableColumn[],
): readonly string[] {
  if (shape.mode === 'changes') return [insertSql(table, columns, rowsSql(columns))];
  const rows = rowsSql(columns, `${postgresName(CHANGE_COLUMNS[0])} text`);
  const isUpsert = `x.${postgresName(CHANGE_COLUMNS[0])} = 'upsert'`;
  const keys = keyNames(shape);
  const insert = `${insertSql(table, columns, rows)} where ${isUpsert}`;
  if (keys.length === 0) return [insert];
  const sameKey = keys.map(
    (name) => `t.${postgresName(name)} = ${storedValue(columnOf(columns, name), 'x')}`,
  );
  const others = columns.filter(({ name }) => !keys.includes(name)).map(({ name }) => postgresName(name));
  const sets = others.map((name) => `${name} = excluded.${name}`).join(', ');
  const conflict = `on conflict (${keys.map((key) => postgresName(key)).join(', ')}) do ${sets === '' ? 'nothing' : `update set ${sets}`}`;
  return [
    `delete from ${table} t using ${rows} where not ${isUpsert} and ${sameKey.join(' and ')}`,
    `${insert} ${conflict}`,
  ];
}

function insertSql(table: string, columns: readonly TableColumn[], rows: string): string {
  const names = columns.map(({ name }) => postgresName(name)).join(', ');
  const values = columns.map((column) => storedValue(column, 'x')).join(', ');
  return `insert into ${table} (${names}) select ${values} from ${rows}`;
}

function rowsSql(columns: readonly TableColumn[], ...more: readonly string[]): string {
  const typed = columns.map((column) => `${postgresName(column.name)} ${sentType(column)}`);
  return `json_to_recordset($1::json) as x(${[...more, ...typed].join(', ')})`;
}

function columnOf(columns: readonly TableColumn[], name: string): TableColumn {
  const column = columns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`Invariant broken: the key "${name}" is a column`);
  return column;
}
