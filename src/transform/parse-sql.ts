import type { Engine } from '../engine/engine.ts';
import { sqlText } from '../schema/sql-type.ts';
import type { SqlTree } from './sql-tree.ts';

/** The engine's parse tree of a statement, or its word of what is wrong with it. */
export async function parseSql(engine: Engine, sql: string): Promise<SqlTree> {
  const { rows } = await engine.run(`select json_serialize_sql(${sqlText(sql)})`);
  return JSON.parse(String(rows[0]?.[0])) as SqlTree;
}

/** Where the parser stopped, and why. */
export function parseProblem(tree: SqlTree): {
  readonly message: string;
  readonly offset: number | undefined;
} {
  const offset = tree.position === undefined ? undefined : Number(tree.position);
  return { message: firstLine(tree.error_message ?? 'The SQL could not be parsed.'), offset };
}

export function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
