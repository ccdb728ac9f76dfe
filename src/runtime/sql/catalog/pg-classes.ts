/** Schemas, tables, columns, indexes of keys, and what is told of them. */
import { columnsOf, type Field } from '../../../schema/field.ts';
import { pgTypeOf, typeModifier } from '../../../schema/pg-type.ts';
import { sqlType } from '../../../schema/sql-type.ts';
import { type CatalogRelation, type CatalogRow, relation } from './catalog-relation.ts';
import { columnName, type NumberedTable } from './numbered-tables.ts';

export const OWNER_OID = 10;
export const CATALOG_SCHEMA_OID = 11;
export const PG_CLASS_OID = 1259;
export const PG_CONSTRAINT_OID = 2606;
const INFORMATION_SCHEMA_OID = 13_000;
const PUBLIC_SCHEMA_OID = 2200;
const HEAP = 2;
export const BTREE = 403;

export function engineTypeOf(field: Field): string {
  return field.type === 'json' ? 'JSON' : sqlType(field);
}

export function classRelations(tables: readonly NumberedTable[]): CatalogRelation[] {
  const keyed = tables.filter(({ keyOid }) => keyOid !== undefined);
  const own = new Map(tables.map(({ schema, schemaOid }) => [schemaOid, schema]));
  const schemas = [
    { oid: CATALOG_SCHEMA_OID, nspname: 'pg_catalog' },
    { oid: PUBLIC_SCHEMA_OID, nspname: 'public' },
    { oid: INFORMATION_SCHEMA_OID, nspname: 'information_schema' },
    ...[...own].map(([oid, nspname]) => ({ oid, nspname })),
  ];
  const descriptions = tables.flatMap(descriptionRows);
  // The last ones are what our own functions read: none of their columns is called as one that a statement may hand to them.
  return [
    relation(
      'pg_namespace',
      `oid bigint, nspname varchar, nspowner bigint = ${OWNER_OID}, nspacl varchar`,
      schemas,
    ),
    relation('pg_class', CLASS_COLUMNS, [...tables.map(classRow), ...keyed.map(indexClassRow)]),
    relation('pg_attribute', ATTRIBUTE_COLUMNS, [
      ...tables.flatMap(attributeRows),
      ...keyed.flatMap(keyAttributeRows),
    ]),
    relation(
      'pg_description',
      `objoid bigint, classoid bigint = ${PG_CLASS_OID}, objsubid integer = 0, description varchar`,
      descriptions,
    ),
    relation(
      'description_texts',
      '_oid bigint, _number integer, _text varchar',
      descriptions.map(({ objoid, objsubid, description }) => ({
        _oid: objoid ?? 0,
        _number: objsubid ?? 0,
        _text: description ?? '',
      })),
    ),
    relation(
      'schema_texts',
      '_oid bigint, _name varchar',
      schemas.map(({ oid, nspname }) => ({ _oid: oid, _name: nspname })),
    ),
    relation('pg_index', INDEX_COLUMNS, keyed.map(indexRow)),
    relation('class_texts', '_oid bigint, _name varchar, _full_name varchar', [
      ...tables.map(({ oid, schema, table }) => ({
        _oid: oid,
        _name: table,
        _full_name: `${schema}.${table}`,
      })),
      ...CATALOG_OIDS.map(([oid, name]) => ({ _oid: oid, _name: name, _full_name: `pg_catalog.${name}` })),
      ...keyed.map(({ keyOid = 0, schema, keyName }) => ({
        _oid: keyOid,
        _name: keyName,
        _full_name: `${schema}.${keyName}`,
      })),
    ]),
    relation(
      'index_texts',
      '_oid bigint, _number integer, _def varchar',
      keyed.flatMap((table) => indexTexts(table)),
    ),
    relation(
      'pg_tables',
      `schemaname varchar, tablename varchar, tableowner varchar = "wharf", tablespace varchar, hasindexes boolean = false,
      hasrules boolean = false, hastriggers boolean = false, rowsecurity boolean = false`,
      tables.map(({ schema, table, keyOid }) => ({
        schemaname: schema,
        tablename: table,
        hasindexes: keyOid !== undefined,
      })),
    ),
    relation(
      'pg_indexes',
      'schemaname varchar, tablename varchar, indexname varchar, tablespace varchar, indexdef varchar',
      keyed.map((table) => ({
        schemaname: table.schema,
        tablename: table.table,
        indexname: table.keyName,
        indexdef: indexDefinition(table),
      })),
    ),
    relation(
      'pg_stat_user_tables',
      'relid bigint, schemaname varchar, relname varchar, n_live_tup bigint, n_dead_tup bigint = 0, seq_scan bigint, idx_scan bigint',
      tables.map(({ oid, schema, table }) => ({ relid: oid, schemaname: schema, relname: table })),
    ),
  ];
}

/** Tables of the catalog that clients name by a cast: `'pg_class'::regclass`. */
const CATALOG_OIDS: readonly (readonly [number, string])[] = [
  [1247, 'pg_type'],
  [1249, 'pg_attribute'],
  [1255, 'pg_proc'],
  [PG_CLASS_OID, 'pg_class'],
  [1260, 'pg_authid'],
  [1262, 'pg_database'],
  [2604, 'pg_attrdef'],
  [PG_CONSTRAINT_OID, 'pg_constraint'],
  [2609, 'pg_description'],
  [2610, 'pg_index'],
  [2615, 'pg_namespace'],
  [2618, 'pg_rewrite'],
  [2620, 'pg_trigger'],
  [3079, 'pg_extension'],
];

const CLASS_COLUMNS = `oid bigint, relname varchar, relnamespace bigint, reltype bigint = 0, reloftype bigint = 0,
  relowner bigint = ${OWNER_OID}, relam bigint, relfilenode bigint = 0, reltablespace bigint = 0, relpages integer = 0,
  reltuples double = -1, relallvisible integer = 0, reltoastrelid bigint = 0, relhasindex boolean = false,
  relisshared boolean = false, relpersistence varchar = "p", relkind varchar, relnatts integer, relchecks integer = 0,
  relhasoids boolean = false, relhasrules boolean = false, relhastriggers boolean = false, relhassubclass boolean = false,
  relrowsecurity boolean = false, relforcerowsecurity boolean = false, relispopulated boolean = true,
  relreplident varchar = "d", relispartition boolean = false, relrewrite bigint = 0, relfrozenxid bigint = 0,
  relminmxid bigint = 0, relacl varchar[], reloptions varchar[], relpartbound varchar, xmin bigint = 1, tableoid bigint = ${PG_CLASS_OID}`;

function classRow(table: NumberedTable): CatalogRow {
  return {
    oid: table.oid,
    relname: table.table,
    relnamespace: table.schemaOid,
    relam: HEAP,
    relkind: 'r',
    relnatts: columnsOf(table.dataset).length,
    relhasindex: table.keyOid !== undefined,
    // Clients look for foreign keys of such tables only.
    relhastriggers: true,
    // Whom it is shown to may read it, and nobody may change it.
    relacl: '[=r/wharf]',
  };
}

function indexClassRow(table: NumberedTable): CatalogRow {
  return {
    oid: table.keyOid ?? 0,
    relname: table.keyName,
    relnamespace: table.schemaOid,
    relam: BTREE,
    relkind: 'i',
    relnatts: table.keyNumbers.length,
  };
}

const ATTRIBUTE_COLUMNS = `attrelid bigint, attname varchar, atttypid bigint, attstattarget integer = -1, attlen integer,
  attnum integer, attndims integer = 0, attcacheoff integer = -1, atttypmod integer, attbyval boolean = false,
  attalign varchar = "i", attstorage varchar = "p", attcompression varchar = "", attnotnull boolean,
  atthasdef boolean = false, atthasmissing boolean = false, attidentity varchar = "", attgenerated varchar = "",
  attisdropped boolean = false, attislocal boolean = true, attinhcount integer = 0, attcollation bigint = 0,
  attacl varchar, attoptions varchar[], attfdwoptions varchar[], attmissingval varchar, xmin bigint = 1`;

function attributeRow(table: NumberedTable, oid: number, field: Field, number: number): CatalogRow {
  const engineType = engineTypeOf(field);
  const type = pgTypeOf(engineType);
  return {
    attrelid: oid,
    attname: field.name,
    atttypid: type.oid,
    attlen: type.size,
    attnum: number,
    attndims: type.category === 'A' ? 1 : 0,
    atttypmod: typeModifier(engineType),
    attnotnull: isRequired(table, field),
    attstorage: type.size < 0 ? 'x' : 'p',
  };
}

function attributeRows(table: NumberedTable): CatalogRow[] {
  return columnsOf(table.dataset).map((field, i) => attributeRow(table, table.oid, field, i + 1));
}

function keyAttributeRows(table: NumberedTable): CatalogRow[] {
  const columns = columnsOf(table.dataset);
  return table.keyNumbers.flatMap((number, i) => {
    const field = columns[number - 1];
    return field ? [attributeRow(table, table.keyOid ?? 0, field, i + 1)] : [];
  });
}

export function isRequired(table: NumberedTable, field: Field): boolean {
  return field.required === true || table.keyNumbers.includes(columnsOf(table.dataset).indexOf(field) + 1);
}

function descriptionRows(table: NumberedTable): CatalogRow[] {
  const columns = columnsOf(table.dataset).flatMap(({ doc }, i) =>
    doc === undefined ? [] : [{ objoid: table.oid, objsubid: i + 1, description: doc }],
  );
  return [{ objoid: table.oid, description: table.doc }, ...columns];
}

const INDEX_COLUMNS = `indexrelid bigint, indrelid bigint, indnatts integer, indnkeyatts integer, indisunique boolean = true,
  indnullsnotdistinct boolean = false, indisprimary boolean = true, indisexclusion boolean = false,
  indimmediate boolean = true, indisclustered boolean = false, indisvalid boolean = true, indcheckxmin boolean = false,
  indisready boolean = true, indislive boolean = true, indisreplident boolean = false, indkey bigint[],
  indcollation bigint[], indclass bigint[], indoption bigint[], indexprs varchar, indpred varchar`;

function indexRow(table: NumberedTable): CatalogRow {
  const count = table.keyNumbers.length;
  const zeros = `[${table.keyNumbers.map(() => 0).join(', ')}]`;
  return {
    indexrelid: table.keyOid ?? 0,
    indrelid: table.oid,
    indnatts: count,
    indnkeyatts: count,
    indkey: `[${table.keyNumbers.join(', ')}]`,
    indcollation: zeros,
    indclass: zeros,
    indoption: zeros,
  };
}

/** What `pg_get_indexdef` answers: number 0 is the whole, others the columns. */
function indexTexts(table: NumberedTable): CatalogRow[] {
  const oid = table.keyOid ?? 0;
  const columns = table.keyNumbers.map((number, i) => ({
    _oid: oid,
    _number: i + 1,
    _def: columnName(table, number),
  }));
  return [{ _oid: oid, _number: 0, _def: indexDefinition(table) }, ...columns];
}

function indexDefinition(table: NumberedTable): string {
  const names = table.keyNumbers.map((number) => columnName(table, number));
  return `CREATE UNIQUE INDEX ${table.keyName} ON ${table.schema}.${table.table} USING btree (${names.join(', ')})`;
}
