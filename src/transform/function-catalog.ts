import type { Engine } from '../engine/engine.ts';

/** What the engine says of its functions, by name. */
export interface FunctionCatalog {
  isAggregate(name: string): boolean;
  /** True when a call with so many arguments can give something else another time, or elsewhere. */
  isUnsteady(name: string, argumentCount: number): boolean;
}

/** They depend on the clock, the session or the process, whatever the engine says of them, or under names that it does not list. */
const UNSTEADY = [
  'current_catalog',
  'current_database',
  'current_date',
  'current_localtime',
  'current_localtimestamp',
  'current_query',
  'current_role',
  'current_schema',
  'current_schemas',
  'current_setting',
  'current_time',
  'current_timestamp',
  'current_user',
  'get_current_time',
  'get_current_timestamp',
  'getenv',
  'getvariable',
  'in_search_path',
  'localtime',
  'localtimestamp',
  'now',
  'session_user',
  'today',
  'transaction_timestamp',
  'txid_current',
  'user',
  'version',
];

const catalogs = new WeakMap<Engine, Promise<FunctionCatalog>>();

/** Read once for each engine. */
export function functionCatalog(engine: Engine): Promise<FunctionCatalog> {
  let catalog = catalogs.get(engine);
  if (!catalog) {
    catalog = readCatalog(engine);
    catalogs.set(engine, catalog);
    catalog.catch(() => catalogs.delete(engine));
  }
  return catalog;
}

async function readCatalog(engine: Engine): Promise<FunctionCatalog> {
  const { rows } = await engine.run(
    `select distinct lower(function_name), function_type, coalesce(stability, '') from duckdb_functions() where function_type in ('scalar', 'aggregate')`,
  );
  const scalars = new Set<string>();
  const aggregates = new Set<string>();
  const unsteady = new Set(UNSTEADY);
  for (const [name, kind, stability] of rows) {
    (kind === 'aggregate' ? aggregates : scalars).add(String(name));
    if (stability === 'VOLATILE' || stability === 'CONSISTENT_WITHIN_QUERY') unsteady.add(String(name));
  }
  // It never gives anything; the engine puts it into scalar sub-queries, for those that have more than one row.
  unsteady.delete('error');
  return {
    isAggregate: (name) => aggregates.has(name.toLowerCase()) && !scalars.has(name.toLowerCase()),
    // age(x) is the time from x until today, and the engine calls it consistent.
    isUnsteady: (name, argumentCount) =>
      unsteady.has(name.toLowerCase()) || (name.toLowerCase() === 'age' && argumentCount === 1),
  };
}
