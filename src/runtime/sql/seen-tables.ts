/** The tables of a mesh as somebody sees them: by the names of a statement, and in the catalog. */
import { present } from '../../base/assert.ts';
import { BUILT_IN_PRODUCTS } from '../../catalog/system/all-products.ts';
import type { TableName } from '../../engine/admit/admit-statement.ts';
import type { Mesh, Product } from '../../spec/model.ts';
import type { AccessControl } from '../access/access-control.ts';
import type { Asker } from '../access/asker.ts';
import { catalogSetup, isSystemTable } from './catalog/system-tables.ts';
import { type DatabaseSetup, DEFAULT_SCHEMA, databaseSetup, type SeenTable } from './open-database.ts';
import { databaseName, findTable, type SqlTable, sqlTables } from './sql-names.ts';

/** As rules of access name it. */
const PORT = 'sql';
/** Catalogs of different callers that are kept. */
const CATALOGS_MAX = 50;

export class SeenTables {
  /** Of the products that have tables. */
  readonly streams: ReadonlySet<string>;
  readonly #database: string;
  readonly #access: AccessControl;
  readonly #tables: ReadonlyMap<string, SqlTable>;
  readonly #products: ReadonlyMap<string, Product>;
  /** By the tables in it; the one used last stands last. */
  readonly #catalogs = new Map<string, DatabaseSetup>();

  constructor(mesh: Mesh, access: AccessControl) {
    this.#access = access;
    this.#database = databaseName(mesh);
    this.#tables = sqlTables(mesh);
    this.#products = new Map(
      [...mesh.products, ...BUILT_IN_PRODUCTS].map((product) => [product.id, product]),
    );
    this.streams = new Set([...this.#tables.values()].map(({ stream }) => stream));
  }

  /**
   * The products' tables among those that a statement names, and the schemas that it names each by. Throws TABLE_UNKNOWN, for tables that the
   * caller may not know of too, and ACCESS_REFUSED.
   */
  named(
    names: readonly TableName[],
    searchPath: readonly string[] | undefined,
    asker: Asker,
  ): readonly SeenTable[] {
    const named = new Map<SqlTable, Set<string>>();
    const here = { tables: this.#tables, isSeen: this.#sees(asker), database: this.#database };
    for (const name of names) {
      if (isSystemTable(name)) continue;
      const table = findTable(here, name, searchPath);
      const schemas = named.get(table) ?? new Set();
      named.set(table, schemas.add(name.schema === '' ? DEFAULT_SCHEMA : table.schema));
    }
    return [...named].map(([table, schemas]) => ({
      table,
      schemas: [...schemas],
      view: this.#access.view(this.#productOf(table), asker, 'read', PORT),
    }));
  }

  /** Shows the tables that the caller may know of, and nothing of others. */
  catalogSetup(asker: Asker): DatabaseSetup {
    const tables = [...this.#tables.values()].filter(this.#sees(asker));
    const key = tables.map(({ schema, table }) => `${schema}.${table}`).join();
    const setup = this.#catalogs.get(key) ?? databaseSetup(catalogSetup(this.#database, tables));
    this.#catalogs.delete(key);
    this.#catalogs.set(key, setup);
    const [oldest] = this.#catalogs.keys();
    if (this.#catalogs.size > CATALOGS_MAX && oldest !== undefined) this.#catalogs.delete(oldest);
    return setup;
  }

  #sees(asker: Asker): (table: SqlTable) => boolean {
    return (table) => this.#access.sees(this.#productOf(table), asker);
  }

  #productOf({ stream }: SqlTable): Product {
    return present(this.#products.get(stream), 'a table is one of a product');
  }
}
