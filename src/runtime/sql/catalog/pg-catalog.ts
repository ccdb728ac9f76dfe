/** The mesh as `pg_catalog` shows it: as far as clients ask for it. */
import type { CatalogRelation } from './catalog-relation.ts';
import type { NumberedReference, NumberedTable } from './numbered-tables.ts';
import { classRelations } from './pg-classes.ts';
import { constraintRelations } from './pg-constraints.ts';
import { emptyRelations } from './pg-empty.ts';
import { serverRelations } from './pg-server.ts';
import { typeRelations } from './pg-types.ts';

export function pgCatalog(
  database: string,
  tables: readonly NumberedTable[],
  references: readonly NumberedReference[],
): readonly CatalogRelation[] {
  return [
    ...classRelations(tables),
    ...constraintRelations(tables, references),
    ...typeRelations(),
    ...serverRelations(database),
    ...emptyRelations(),
  ];
}
