/** The statements of a step by look-ups. What they are over comes as parameters, so that each is planned once. */
import { columnsOf, type Dataset, type Field, keyFieldsOf } from '../../schema/field.ts';
import { rowJournalSql, rowJsonSql } from '../../schema/json-form.ts';
import { documentsSql } from '../../schema/load-sql.ts';
import { sqlName, sqlType } from '../../schema/sql-type.ts';
import { type DerivePlan, type DeriveTable, derivedRowsSql } from '../../transform/derive-plan.ts';
import type { NearPlan } from '../../transform/plan/near-plan.ts';

export interface NearSql {
  /** Those that rows are looked up of, in the order of the query's parameters, which are documents of these fields, one a line. */
  readonly tables: readonly { readonly name: string; readonly fields: readonly Field[] }[];
  /** One text of the rows in JSON form, one a line, or null. */
  readonly query: string;
  /** Likewise, from documents as its one parameter, their keys in journal form, in their order. */
  readonly keys: string;
}

export function nearSql(plan: DerivePlan, near: NearPlan): NearSql {
  const found = new Set(near.places.map(({ table }) => table));
  const tables = plan.tables
    .filter(({ name }) => found.has(name))
    .map(({ name, dataset }) => ({ name, fields: fieldsRead(dataset, near.columns.get(name)) }));
  const relations = plan.tables.map((table) => {
    const place = tables.findIndex(({ name }) => name === table.name);
    const fields = tables[place]?.fields ?? [];
    const from =
      fields.length === 0 ? '(select 1 where false)' : `(${documentsSql(fields, `$${place + 1}`)})`;
    return `${sqlName(table.name)} as (select ${columnsSql(table, fields)} from ${from})`;
  });
  const keys = keyFieldsOf(plan.dataset);
  const sorted = ` order by ${keys.map((field) => sqlName(field.name)).join(', ')}`;
  return {
    tables,
    query: `with ${relations.join(', ')} ${linesSql(rowJsonSql(columnsOf(plan.dataset)), derivedRowsSql(plan))}`,
    keys: linesSql(rowJournalSql(keys), documentsSql(keys, '$1'), sorted),
  };
}

function fieldsRead(dataset: Dataset, read: ReadonlySet<string> | undefined): readonly Field[] {
  const keys = new Set(keyFieldsOf(dataset).map(({ name }) => name));
  return columnsOf(dataset).filter(({ name }) => read?.has(name) || keys.has(name));
}

/** Columns that the query does not read are null. */
function columnsSql({ dataset }: DeriveTable, fields: readonly Field[]): string {
  const columns = columnsOf(dataset).map((field) => {
    const column = sqlName(field.name);
    return fields.includes(field) ? column : `cast(null as ${sqlType(field)}) as ${column}`;
  });
  return columns.join(', ');
}

/** To have the engine sort them takes it nearly as long as all the rest. */
function linesSql(line: string, from: string, order = ''): string {
  return `select string_agg(${line}, chr(10)${order}) from (${from})`;
}
