/** What a server has besides its tables: one database, one role, its settings. */
import { type CatalogRelation, relation } from './catalog-relation.ts';
import { BTREE, OWNER_OID } from './pg-classes.ts';

/** Settings that clients read; their session's own are told by `show`. */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  server_version: '15.0',
  server_version_num: '150000',
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  search_path: '"$user", public',
  standard_conforming_strings: 'on',
  max_index_keys: '32',
  max_identifier_length: '63',
  transaction_isolation: 'repeatable read',
  transaction_read_only: 'on',
  default_transaction_read_only: 'on',
  lc_collate: 'C',
  lc_ctype: 'C',
  block_size: '8192',
  integer_datetimes: 'on',
  bytea_output: 'hex',
};

export function serverRelations(database: string): CatalogRelation[] {
  const role = { oid: OWNER_OID, rolname: 'wharf' };
  return [
    relation(
      'pg_roles',
      `oid bigint, rolname varchar, rolsuper boolean = false, rolinherit boolean = true, rolcreaterole boolean = false,
      rolcreatedb boolean = false, rolcanlogin boolean = true, rolreplication boolean = false, rolconnlimit integer = -1,
      rolpassword varchar, rolvaliduntil timestamptz, rolbypassrls boolean = false, rolconfig varchar[]`,
      [role],
    ),
    relation(
      'pg_authid',
      'oid bigint, rolname varchar, rolsuper boolean = false, rolcanlogin boolean = true',
      [role],
    ),
    relation(
      'pg_user',
      `usename varchar, usesysid bigint, usecreatedb boolean = false, usesuper boolean = false, userepl boolean = false,
      usebypassrls boolean = false, passwd varchar, valuntil timestamptz, useconfig varchar[]`,
      [{ usename: 'wharf', usesysid: OWNER_OID }],
    ),
    relation(
      'pg_database',
      `oid bigint, datname varchar, datdba bigint = ${OWNER_OID}, encoding integer = 6, datlocprovider varchar = "c",
      datistemplate boolean = false, datallowconn boolean = true, datconnlimit integer = -1, datfrozenxid bigint = 0,
      datminmxid bigint = 0, dattablespace bigint = 1663, datcollate varchar = "C", datctype varchar = "C",
      daticulocale varchar, datcollversion varchar, datacl varchar[]`,
      [{ oid: 1, datname: database }],
    ),
    relation('pg_am', 'oid bigint, amname varchar, amhandler varchar = "-", amtype varchar', [
      { oid: 2, amname: 'heap', amtype: 't' },
      { oid: BTREE, amname: 'btree', amtype: 'i' },
    ]),
    relation(
      'pg_tablespace',
      'oid bigint, spcname varchar, spcowner bigint = 10, spcacl varchar[], spcoptions varchar[]',
      [{ oid: 1663, spcname: 'pg_default' }],
    ),
    relation(
      'pg_language',
      'oid bigint, tableoid bigint = 2612, lanname varchar, lanowner bigint = 10, lanispl boolean = false, lanpltrusted boolean = false, lanplcallfoid bigint = 0, laninline bigint = 0, lanvalidator bigint = 0, lanacl varchar[]',
      [{ oid: 12, lanname: 'internal' }],
    ),
    relation(
      'pg_settings',
      `name varchar, setting varchar, unit varchar, category varchar = "", short_desc varchar = "", extra_desc varchar,
      context varchar = "internal", vartype varchar = "string", source varchar = "default", min_val varchar, max_val varchar,
      enumvals varchar[], boot_val varchar, reset_val varchar, sourcefile varchar, sourceline integer, pending_restart boolean = false`,
      Object.entries(SERVER_SETTINGS).map(([name, setting]) => ({
        name,
        setting,
        boot_val: setting,
        reset_val: setting,
      })),
    ),
    relation(
      'pg_collation',
      'oid bigint, collname varchar, collnamespace bigint = 11, collowner bigint = 10, collprovider varchar = "d", collisdeterministic boolean = true, collencoding integer = -1, collcollate varchar, collctype varchar, colliculocale varchar, collversion varchar',
      [
        { oid: 100, collname: 'default' },
        { oid: 950, collname: 'C' },
      ],
    ),
  ];
}
