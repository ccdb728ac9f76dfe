/** The types that columns and parameters may have, and those that the catalog itself is made of. */
import { PG_TYPES } from '../../../schema/pg-type.ts';
import { type CatalogRelation, type CatalogRow, relation } from './catalog-relation.ts';
import { CATALOG_SCHEMA_OID, OWNER_OID } from './pg-classes.ts';

/** `array_recv`: clients tell arrays by it. */
const ARRAY_RECEIVE = 2400;
const PLAIN_RECEIVE = 2414;

const COLUMNS = `oid bigint, typname varchar, typnamespace bigint = ${CATALOG_SCHEMA_OID}, typowner bigint = ${OWNER_OID},
  typlen integer, typbyval boolean = false, typtype varchar = "b", typcategory varchar, typispreferred boolean = false,
  typisdefined boolean = true, typdelim varchar = "\\u002c", typrelid bigint = 0, typsubscript bigint = 0, typelem bigint = 0,
  typarray bigint = 0, typinput varchar = "-", typoutput varchar = "-", typreceive bigint = ${PLAIN_RECEIVE},
  typsend varchar = "-", typmodin varchar = "-", typmodout varchar = "-", typanalyze varchar = "-", typalign varchar = "i",
  typstorage varchar = "p", typnotnull boolean = false, typbasetype bigint = 0, typtypmod integer = -1,
  typndims integer = 0, typcollation bigint = 0, typdefaultbin varchar, typdefault varchar, typacl varchar`;

/** Types of the catalog's own columns, and those that clients look for by name: oid, name, size, array, category. */
const FURTHER: readonly (readonly [number, string, number, number, string])[] = [
  [18, 'char', 1, 1002, 'Z'],
  [19, 'name', 64, 1003, 'S'],
  [22, 'int2vector', -1, 1006, 'A'],
  [24, 'regproc', 4, 1008, 'N'],
  [26, 'oid', 4, 1028, 'N'],
  [30, 'oidvector', -1, 1013, 'A'],
  [705, 'unknown', -2, 0, 'X'],
  [1042, 'bpchar', -1, 1014, 'S'],
  [1043, 'varchar', -1, 1015, 'S'],
  [1266, 'timetz', 12, 1270, 'D'],
  [2205, 'regclass', 4, 2210, 'N'],
  [2206, 'regtype', 4, 2211, 'N'],
  [2249, 'record', -1, 2287, 'P'],
  [2278, 'void', 4, 0, 'P'],
  [3802, 'jsonb', -1, 3807, 'U'],
];

export function typeRelations(): CatalogRelation[] {
  const known = PG_TYPES.map(
    ({ oid, name, size, array, category }) => [oid, name, size, array, category] as const,
  );
  return [
    relation('pg_type', COLUMNS, [...known, ...FURTHER].flatMap(typeRows)),
    relation(
      'pg_proc',
      `oid bigint, proname varchar, pronamespace bigint = ${CATALOG_SCHEMA_OID}, proowner bigint = ${OWNER_OID}, prolang bigint = 12,
      procost double = 1, prorows double = 0, provariadic bigint = 0, prokind varchar = "f", prosecdef boolean = false,
      proleakproof boolean = false, proisstrict boolean = true, proretset boolean = false, provolatile varchar = "s",
      proparallel varchar = "s", pronargs integer = 0, pronargdefaults integer = 0, prorettype bigint = 0, proargtypes bigint[],
      proallargtypes bigint[], proargmodes varchar[], proargnames varchar[], proargdefaults varchar, protrftypes bigint[],
      prosrc varchar, probin varchar, prosqlbody varchar, proconfig varchar[], proacl varchar[], xmin bigint = 1`,
      [
        { oid: ARRAY_RECEIVE, proname: 'array_recv' },
        { oid: PLAIN_RECEIVE, proname: 'textrecv' },
      ],
    ),
  ];
}

function typeRows([oid, name, size, array, category]: readonly [
  number,
  string,
  number,
  number,
  string,
]): CatalogRow[] {
  const type = {
    oid,
    typname: name,
    typlen: size,
    typcategory: category,
    typarray: array,
    typtype: category === 'P' || category === 'X' ? 'p' : 'b',
  };
  if (array === 0) return [type];
  const of = {
    oid: array,
    typname: `_${name}`,
    typlen: -1,
    typcategory: 'A',
    typelem: oid,
    typreceive: ARRAY_RECEIVE,
  };
  return [type, of];
}

/** The name of every type in SQL, by its OID. */
export function typeTitles(): ReadonlyMap<number, string> {
  const titles = new Map<number, string>();
  for (const { oid, title, array } of PG_TYPES) titles.set(oid, title).set(array, `${title}[]`);
  for (const [oid, name, , array] of FURTHER) {
    const title =
      { varchar: 'character varying', bpchar: 'character', timetz: 'time with time zone', char: '"char"' }[
        name
      ] ?? name;
    titles.set(oid, title).set(array, `${title}[]`);
  }
  titles.delete(0);
  return titles;
}

/** The OID of every type, by its name in the catalog and in SQL. */
export function typeOids(): ReadonlyMap<string, number> {
  const oids = new Map([...typeTitles()].map(([oid, title]) => [title, oid]));
  for (const { oid, name } of PG_TYPES) oids.set(name, oid);
  for (const [oid, name] of FURTHER) oids.set(name, oid);
  return oids;
}
