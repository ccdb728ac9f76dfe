import { expect, it } from 'vitest';
import { startTestEngine } from '../test-engine.ts';
import {
  ALLOWED_FUNCTIONS,
  ALLOWED_TABLE_FUNCTIONS,
  REFUSED_FUNCTIONS,
  REFUSED_TABLE_FUNCTIONS,
} from './engine-functions.ts';

it('every function of the engine is either allowed or refused, and none is both', {
  timeout: 30_000,
}, async () => {
  const engine = startTestEngine();
  const { rows } = await engine.run(
    `select distinct function_name, function_type in ('table', 'table_macro') from duckdb_functions()
     where function_type <> 'pragma'`,
  );
  await engine.close();
  const unclassified = rows.filter(([name, isTable]) => {
    const sets = isTable
      ? [ALLOWED_TABLE_FUNCTIONS, REFUSED_TABLE_FUNCTIONS]
      : [ALLOWED_FUNCTIONS, REFUSED_FUNCTIONS];
    return sets.filter((set) => set.has(String(name))).length !== 1;
  });
  expect(unclassified).toEqual([]);
  expect(rows.length).toBeGreaterThan(700);
});
