import path from 'node:path';
import { randomName } from '../base/random.ts';
import type { Engine } from '../engine/engine.ts';
import type { Field } from '../schema/field.ts';
import { rowJsonSql } from '../schema/json-form.ts';
import { sqlName, sqlText, sqlType } from '../schema/sql-type.ts';

/**
 * Rewrites a Parquet file as NDJSON in the exact JSON form, in a new temporary file that the caller removes. Columns that a
 * field names take its type; the others come along as they are, so that validation can say what it thinks of them.
 */
export async function columnarToNdjson(
  engine: Engine,
  file: string,
  fields: readonly Field[],
  folder: string,
): Promise<string> {
  const out = path.join(folder, `columnar-${randomName()}.ndjson`);
  const source = `read_parquet(${sqlText(file)})`;
  const byName = new Map(fields.map((field) => [field.name, field]));
  const present = (await engine.describe(`select * from ${source}`)).map(
    ({ name }) => byName.get(name) ?? unnamed(name),
  );
  const columns = present.map((field) => `${columnSql(field, byName)} as ${sqlName(field.name)}`);
  const lines = `select ${rowJsonSql(present)} as line from (select ${columns.join(', ')} from ${source})`;
  // JSON text holds no control character, so neither delimiter nor line end can occur inside a line.
  await engine.run(
    `copy (${lines}) to ${sqlText(out)} (format csv, header false, quote '', escape '', delimiter '\u0001')`,
  );
  return out;
}

function unnamed(name: string): Field {
  return { name, type: 'json' };
}

function columnSql(field: Field, known: ReadonlyMap<string, Field>): string {
  const name = sqlName(field.name);
  return known.has(field.name) ? `cast(${name} as ${sqlType(field)})` : `cast(to_json(${name}) as varchar)`;
}
