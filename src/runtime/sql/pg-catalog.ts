/** The mesh as `pg_catalog` shows it: as far as clients ask for it. Numbers of objects (OIDs) follow from the order of names. */
import { columnsOf, keyFieldsOf } from '../../schema/field.ts';
import { PG_TYPES, pgTypeOf, typeModifier } from '../../schema/pg-type.ts';
import { sqlType } from '../../schema/sql-type.ts';
import type { CatalogRelation, Cell } from './catalog-relation.ts';
import type { SqlTable } from './sql-names.ts';

const SCHEMA_OIDS = 16_384;
const TABLE_OIDS = 20_000;
const KEY_OIDS = 40_000;
const OWNER = 10;
const CATALOG_SCHEMA = 11;

export interface NumberedTable extends SqlTable {
  readonly oid: number;
  readonly schemaOid: number;
  readonly keyNumbers: readonly number[];
}

export function numbered(tables: readonly SqlTable[]): readonly NumberedTable[] {
  const schemas = [...new Set(tables.map(({ schema }) => schema))].sort();
  const sorted = [...tables].sort((a, b) => (`${a.schema}.${a.table}` < `${b.schema}.${b.table}` ? -1 : 1));
  return sorted.map((table, i) => {
    const columns = columnsOf(table.dataset);
    // A key of all columns is no key that clients could use.
    const keys = table.dataset.key === 'row' ? [] : keyFieldsOf(table.dataset);
    return {
      ...table,
      oid: TABLE_OIDS + i,
      schemaOid: SCHEMA_OIDS + schemas.indexOf(table.schema),
      keyNumbers: keys.map((field) => columns.indexOf(field) + 1),
    };
  });
}

export function engineTypeOf(field: Parameters<typeof sqlType>[0]): string {
  return field.type === 'json' ? 'JSON' : sqlType(field);
}

export function pgCatalog(database: string, tables: readonly NumberedTable[]): readonly CatalogRelation[] {
  const keyed = tables.filter(({ keyNumbers }) => keyNumbers.length > 0);
  return [
    namespaces(tables),
    classes(tables, keyed),
    attributes(tables),
    types(),
    descriptions(tables),
    constraints(keyed),
    constraintTexts(keyed),
    indexes(keyed),
    ...roles(database),
    ...emptyRelations(),
  ];
}

function namespaces(tables: readonly NumberedTable[]): CatalogRelation {
  const own = new Map(tables.map(({ schema, schemaOid }) => [schema, schemaOid]));
  const all: [string, number][] = [['pg_catalog', CATALOG_SCHEMA], ['public', 2200], ...own];
  return {
    name: 'pg_namespace',
    columns: ['oid bigint', 'nspname varchar', 'nspowner bigint', 'nspacl varchar'],
    rows: all.map(([name, oid]) => [oid, name, OWNER, null]),
  };
}

const CLASS_COLUMNS = [
  'oid bigint',
  'relname varchar',
  'relnamespace bigint',
  'relkind varchar',
  'relnatts integer',
  'relhasindex boolean',
  'relam bigint',
  'reltype bigint',
  'reloftype bigint',
  'relowner bigint',
  'relfilenode bigint',
  'reltablespace bigint',
  'relpages integer',
  'reltuples double',
  'reltoastrelid bigint',
  'relisshared boolean',
  'relpersistence varchar',
  'relchecks integer',
  'relhasrules boolean',
  'relhastriggers boolean',
  'relhassubclass boolean',
  'relhasoids boolean',
  'relrowsecurity boolean',
  'relforcerowsecurity boolean',
  'relispartition boolean',
  'relreplident varchar',
  'relacl varchar',
  'reloptions varchar[]',
  'relpartbound varchar',
];

function classes(tables: readonly NumberedTable[], keyed: readonly NumberedTable[]): CatalogRelation {
  const row = (head: readonly Cell[]): readonly Cell[] => [
    ...head,
    ...[0, 0, OWNER, 0, 0, 0, -1, 0, false, 'p', 0, false, false, false, false, false, false, false, 'd'],
    ...[null, null, null],
  ];
  const rows = tables.map((table) =>
    row([
      table.oid,
      table.table,
      table.schemaOid,
      'r',
      columnsOf(table.dataset).length,
      table.keyNumbers.length > 0,
      2,
    ]),
  );
  const keys = keyed.map((table) =>
    row([keyOid(table), keyName(table), table.schemaOid, 'i', table.keyNumbers.length, false, 403]),
  );
  return { name: 'pg_class', columns: CLASS_COLUMNS, rows: [...rows, ...keys] };
}

function attributes(tables: readonly NumberedTable[]): CatalogRelation {
  const rows = tables.flatMap((table) =>
    columnsOf(table.dataset).map((field, i): readonly Cell[] => {
      const engineType = engineTypeOf(field);
      const type = pgTypeOf(engineType);
      const isRequired = field.required === true || table.keyNumbers.includes(i + 1);
      const [oid, size] = [type.oid, type.size];
      return [
        table.oid,
        field.name,
        oid,
        size,
        i + 1,
        typeModifier(engineType),
        isRequired,
        ...ATTRIBUTE_REST,
      ];
    }),
  );
  return { name: 'pg_attribute', columns: ATTRIBUTE_COLUMNS, rows };
}

const ATTRIBUTE_COLUMNS = [
  'attrelid bigint',
  'attname varchar',
  'atttypid bigint',
  'attlen integer',
  'attnum integer',
  'atttypmod integer',
  'attnotnull boolean',
  'attndims integer',
  'atthasdef boolean',
  'attidentity varchar',
  'attgenerated varchar',
  'attisdropped boolean',
  'attislocal boolean',
  'attinhcount integer',
  'attcollation bigint',
  'attstorage varchar',
  'attcompression varchar',
  'attstattarget integer',
  'attacl varchar',
  'attoptions varchar',
  'attfdwoptions varchar',
];
const ATTRIBUTE_REST: readonly Cell[] = [0, false, '', '', false, true, 0, 0, 'p', '', -1, null, null, null];

function types(): CatalogRelation {
  const rows = PG_TYPES.flatMap(({ oid, name, size, array, category }): (readonly Cell[])[] => [
    [oid, name, CATALOG_SCHEMA, size, 'b', category, 0, array, 0, -1, OWNER, ',', 0, false, 0, null],
    [array, `_${name}`, CATALOG_SCHEMA, -1, 'b', 'A', oid, 0, 0, -1, OWNER, ',', 0, false, 0, null],
  ]);
  return {
    name: 'pg_type',
    columns: [
      'oid bigint',
      'typname varchar',
      'typnamespace bigint',
      'typlen integer',
      'typtype varchar',
      'typcategory varchar',
      'typelem bigint',
      'typarray bigint',
      'typbasetype bigint',
      'typtypmod integer',
      'typowner bigint',
      'typdelim varchar',
      'typrelid bigint',
      'typnotnull boolean',
      'typcollation bigint',
      'typdefault varchar',
    ],
    rows,
  };
}

function descriptions(tables: readonly NumberedTable[]): CatalogRelation {
  const rows = tables.flatMap((table): (readonly Cell[])[] => [
    [table.oid, 1259, 0, table.doc],
    ...columnsOf(table.dataset).flatMap((field, i): (readonly Cell[])[] =>
      field.doc === undefined ? [] : [[table.oid, 1259, i + 1, field.doc]],
    ),
  ]);
  return {
    name: 'pg_description',
    columns: ['objoid bigint', 'classoid bigint', 'objsubid integer', 'description varchar'],
    rows,
  };
}

function keyOid({ oid }: NumberedTable): number {
  return KEY_OIDS + oid - TABLE_OIDS;
}

function keyName({ table }: NumberedTable): string {
  return `${table}_pkey`;
}

function constraints(keyed: readonly NumberedTable[]): CatalogRelation {
  return {
    name: 'pg_constraint',
    columns: [
      'oid bigint',
      'conname varchar',
      'connamespace bigint',
      'contype varchar',
      'conrelid bigint',
      'conindid bigint',
      'confrelid bigint',
      'conkey bigint[]',
      'confkey bigint[]',
      'condeferrable boolean',
      'condeferred boolean',
      'convalidated boolean',
      'conparentid bigint',
      'contypid bigint',
      'confupdtype varchar',
      'confdeltype varchar',
    ],
    rows: keyed.map((table) => {
      const keys = `[${table.keyNumbers.join(', ')}]`;
      const [oid, name] = [keyOid(table), keyName(table)];
      return [
        oid,
        name,
        table.schemaOid,
        'p',
        table.oid,
        oid,
        0,
        keys,
        null,
        false,
        false,
        true,
        0,
        0,
        ' ',
        ' ',
      ];
    }),
  };
}

/** What `pg_get_constraintdef` answers. */
function constraintTexts(keyed: readonly NumberedTable[]): CatalogRelation {
  return {
    name: 'constraint_texts',
    columns: ['oid bigint', 'def varchar'],
    rows: keyed.map((table) => {
      const names = table.keyNumbers.map((number) => columnsOf(table.dataset)[number - 1]?.name ?? '');
      return [keyOid(table), `PRIMARY KEY (${names.join(', ')})`];
    }),
  };
}

function indexes(keyed: readonly NumberedTable[]): CatalogRelation {
  return {
    name: 'pg_index',
    columns: [
      'indexrelid bigint',
      'indrelid bigint',
      'indnatts integer',
      'indnkeyatts integer',
      'indisunique boolean',
      'indisprimary boolean',
      'indisclustered boolean',
      'indisvalid boolean',
      'indisreplident boolean',
      'indkey bigint[]',
      'indoption bigint[]',
      'indexprs varchar',
      'indpred varchar',
    ],
    rows: keyed.map((table) => {
      const keys = `[${table.keyNumbers.join(', ')}]`;
      const count = table.keyNumbers.length;
      return [keyOid(table), table.oid, count, count, true, true, false, true, false, keys, keys, null, null];
    }),
  };
}

function roles(database: string): CatalogRelation[] {
  const role: CatalogRelation = {
    name: 'pg_roles',
    columns: [
      'oid bigint',
      'rolname varchar',
      'rolsuper boolean',
      'rolcanlogin boolean',
      'rolinherit boolean',
    ],
    rows: [[OWNER, 'wharf', false, true, true]],
  };
  return [
    role,
    { name: 'pg_user', columns: ['usesysid bigint', 'usename varchar'], rows: [[OWNER, 'wharf']] },
    {
      name: 'pg_database',
      columns: [
        'oid bigint',
        'datname varchar',
        'datdba bigint',
        'encoding integer',
        'datcollate varchar',
        'datctype varchar',
        'datistemplate boolean',
        'datallowconn boolean',
        'datacl varchar',
        'daticulocale varchar',
        'datlocprovider varchar',
        'datcollversion varchar',
      ],
      rows: [[1, database, OWNER, 6, 'C', 'C', false, true, null, null, 'c', null]],
    },
    {
      name: 'pg_am',
      columns: ['oid bigint', 'amname varchar'],
      rows: [
        [2, 'heap'],
        [403, 'btree'],
      ],
    },
  ];
}

/** Relations that a mesh has nothing for, with the columns that clients ask for. */
function emptyRelations(): CatalogRelation[] {
  const empty: Readonly<Record<string, readonly string[]>> = {
    pg_attrdef: ['oid bigint', 'adrelid bigint', 'adnum integer', 'adbin varchar'],
    pg_collation: ['oid bigint', 'collname varchar', 'collnamespace bigint'],
    pg_depend: [
      'classid bigint',
      'objid bigint',
      'objsubid integer',
      'refclassid bigint',
      'refobjid bigint',
      'refobjsubid integer',
      'deptype varchar',
    ],
    pg_enum: ['oid bigint', 'enumtypid bigint', 'enumsortorder double', 'enumlabel varchar'],
    pg_extension: ['oid bigint', 'extname varchar', 'extnamespace bigint', 'extversion varchar'],
    pg_foreign_server: ['oid bigint', 'srvname varchar'],
    pg_foreign_table: ['ftrelid bigint', 'ftserver bigint', 'ftoptions varchar[]'],
    pg_inherits: ['inhrelid bigint', 'inhparent bigint', 'inhseqno integer', 'inhdetachpending boolean'],
    pg_matviews: ['schemaname varchar', 'matviewname varchar', 'matviewowner varchar', 'definition varchar'],
    pg_partitioned_table: ['partrelid bigint', 'partstrat varchar'],
    pg_policy: [
      'oid bigint',
      'polname varchar',
      'polrelid bigint',
      'polcmd varchar',
      'polpermissive boolean',
      'polroles bigint[]',
      'polqual varchar',
      'polwithcheck varchar',
    ],
    pg_proc: ['oid bigint', 'proname varchar', 'pronamespace bigint', 'prorettype bigint', 'prokind varchar'],
    pg_publication: ['oid bigint', 'pubname varchar', 'puballtables boolean'],
    pg_publication_namespace: ['oid bigint', 'pnpubid bigint', 'pnnspid bigint'],
    pg_publication_rel: [
      'oid bigint',
      'prpubid bigint',
      'prrelid bigint',
      'prqual varchar',
      'prattrs bigint[]',
    ],
    pg_range: ['rngtypid bigint', 'rngsubtype bigint'],
    pg_rewrite: ['oid bigint', 'rulename varchar', 'ev_class bigint', 'ev_enabled varchar'],
    pg_statistic_ext: [
      'oid bigint',
      'stxrelid bigint',
      'stxnamespace bigint',
      'stxname varchar',
      'stxkind varchar[]',
      'stxstattarget integer',
    ],
    pg_tablespace: ['oid bigint', 'spcname varchar'],
    pg_trigger: [
      'oid bigint',
      'tgrelid bigint',
      'tgname varchar',
      'tgisinternal boolean',
      'tgenabled varchar',
      'tgparentid bigint',
    ],
    pg_views: ['schemaname varchar', 'viewname varchar', 'viewowner varchar', 'definition varchar'],
  };
  return Object.entries(empty).map(([name, columns]) => ({ name, columns, rows: [] }));
}
