/** Words that make more of a query, or of a condition, than something said of each row alone. */
const NOT_OF_A_ROW =
  /\b(select|from|group|having|order|limit|offset|union|intersect|except|qualify|window|over|join|using|sample|tablesample|fetch|for|now|random|exists|any|all)\b|--|\/\*|;|\$|\?/i;

const COUNTED = /^\s*select\s+count\s*\(\s*\*\s*\)\s+from\s+\{table\}\s+where\s+(.+?)[\s;]*$/is;
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

/**
 * The condition of `select count(*) from {table} where <condition>`, where that says something of each row alone: rows that must not
 * be there can be looked for among those that changed. Undefined for any other query, and for one that leaves a doubt.
 */
export function countedCondition(sql: string): string | undefined {
  const condition = COUNTED.exec(sql)?.[1];
  if (condition === undefined) return undefined;
  const bare = condition.replaceAll(QUOTED, '0');
  if (NOT_OF_A_ROW.test(bare) || /['"]/.test(bare)) return undefined;
  return condition.replaceAll('{table}', '_rows');
}
