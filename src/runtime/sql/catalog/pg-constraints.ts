/** Keys as primary keys, and references as foreign keys. */
import { type CatalogRelation, type CatalogRow, relation } from './catalog-relation.ts';
import { columnName, type NumberedReference, type NumberedTable } from './numbered-tables.ts';
import { PG_CLASS_OID, PG_CONSTRAINT_OID } from './pg-classes.ts';

const COLUMNS = `oid bigint, conname varchar, connamespace bigint, contype varchar, condeferrable boolean = false,
  condeferred boolean = false, convalidated boolean = true, conrelid bigint, contypid bigint = 0, conindid bigint,
  conparentid bigint = 0, confrelid bigint = 0, confupdtype varchar = " ", confdeltype varchar = " ",
  confmatchtype varchar = " ", conislocal boolean = true, coninhcount integer = 0, connoinherit boolean = true,
  conkey bigint[], confkey bigint[], conpfeqop bigint[], conppeqop bigint[], conffeqop bigint[], confdelsetcols bigint[],
  conexclop bigint[], conbin varchar`;

export function constraintRelations(
  tables: readonly NumberedTable[],
  references: readonly NumberedReference[],
): CatalogRelation[] {
  const keyed = tables.filter(({ keyOid }) => keyOid !== undefined);
  return [
    // A foreign key rests on the index of the other table's key.
    relation(
      'pg_depend',
      `classid bigint = ${PG_CONSTRAINT_OID}, objid bigint, objsubid integer = 0, refclassid bigint = ${PG_CLASS_OID}, refobjid bigint,
      refobjsubid integer = 0, deptype varchar = "n"`,
      references
        .filter(({ indexOid }) => indexOid !== 0)
        .map(({ oid, indexOid }) => ({ objid: oid, refobjid: indexOid })),
    ),
    relation('pg_constraint', COLUMNS, [...keyed.map(keyRow), ...references.map(referenceRow)]),
    // What pg_get_constraintdef answers.
    relation('constraint_texts', '_oid bigint, _def varchar', [
      ...keyed.map(keyText),
      ...references.map(referenceText),
    ]),
  ];
}

function keyRow(table: NumberedTable): CatalogRow {
  const oid = table.keyOid ?? 0;
  return {
    oid,
    conname: table.keyName,
    connamespace: table.schemaOid,
    contype: 'p',
    conrelid: table.oid,
    conindid: oid,
    conkey: `[${table.keyNumbers.join(', ')}]`,
  };
}

function referenceRow({
  oid,
  name,
  from,
  fromNumber,
  to,
  toNumber,
  indexOid,
}: NumberedReference): CatalogRow {
  return {
    oid,
    conname: name,
    connamespace: from.schemaOid,
    contype: 'f',
    conrelid: from.oid,
    conindid: indexOid,
    confrelid: to.oid,
    confupdtype: 'a',
    confdeltype: 'a',
    confmatchtype: 's',
    // A check tells of rows that break it; it keeps none away.
    convalidated: false,
    conkey: `[${fromNumber}]`,
    confkey: `[${toNumber}]`,
  };
}

function keyText(table: NumberedTable): CatalogRow {
  const names = table.keyNumbers.map((number) => columnName(table, number));
  return { _oid: table.keyOid ?? 0, _def: `PRIMARY KEY (${names.join(', ')})` };
}

function referenceText({ oid, from, fromNumber, to, toNumber }: NumberedReference): CatalogRow {
  const target = `${to.schema}.${to.table}(${columnName(to, toNumber)})`;
  return { _oid: oid, _def: `FOREIGN KEY (${columnName(from, fromNumber)}) REFERENCES ${target} NOT VALID` };
}
