import type { Engine } from '../engine/engine.ts';

/** What the engine says of its functions, by name; a name may have several kinds. */
export interface FunctionCatalog {
  isAggregate(name: string): boolean;
  /** True when a call can give something else another time, or elsewhere. */
  isUnsteady(name: string): boolean;
}

/** They depend on the session or the process, though the engine calls them consistent. */
const OF_THE_SESSION = [
  'current_catalog',
  'current_database',
  'current_query',
  'current_role',
  'current_schema',
  'current_schemas',
  'current_setting',
  'current_user',
  'getenv',
  'getvariable',
  'in_search_path',
  'session_user',
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
    `select distinct lower(function_name), function_type, coalesce(stability, '') from duckdb_functions() where function_type in ('scalar', 'aggregate', 'macro')`,
  );
  const aggregates = new Set<string>();
  const unsteady = new Set(OF_THE_SESSION);
  for (const [name, kind, stability] of rows) {
    if (kind === 'aggregate') aggregates.add(String(name));
    if (stability === 'VOLATILE' || stability === 'CONSISTENT_WITHIN_QUERY') unsteady.add(String(name));
  }
  return {
    isAggregate: (name) => aggregates.has(name.toLowerCase()),
    isUnsteady: (name) => unsteady.has(name.toLowerCase()),
  };
}
