/** The mesh as `information_schema` shows it. */
import { columnsOf, type Field } from '../../../schema/field.ts';
import { pgTypeOf } from '../../../schema/pg-type.ts';
import { type CatalogRelation, type CatalogRow, relation } from './catalog-relation.ts';
import { columnName, type NumberedReference, type NumberedTable } from './numbered-tables.ts';
import { engineTypeOf, isRequired } from './pg-classes.ts';

const TABLE = 'table_catalog varchar, table_schema varchar, table_name varchar';
const CONSTRAINT = 'constraint_catalog varchar, constraint_schema varchar, constraint_name varchar';
const PRIVILEGE = 'grantor varchar = "wharf", grantee varchar = "PUBLIC"';
const GRANTED = 'privilege_type varchar = "SELECT", is_grantable varchar = "NO"';

export function informationSchema(
  database: string,
  tables: readonly NumberedTable[],
  references: readonly NumberedReference[],
): readonly CatalogRelation[] {
  const at = ({ schema, table }: NumberedTable) => ({
    table_catalog: database,
    table_schema: schema,
    table_name: table,
  });
  const called = ({ schema }: NumberedTable, name: string) => ({
    constraint_catalog: database,
    constraint_schema: schema,
    constraint_name: name,
  });
  const keyed = tables.filter(({ keyOid }) => keyOid !== undefined);
  const keyUses = [
    ...keyed.flatMap((table) =>
      table.keyNumbers.map((number, i) => ({
        ...called(table, table.keyName),
        ...at(table),
        column_name: columnName(table, number),
        ordinal_position: i + 1,
      })),
    ),
    ...references.map(({ from, name, fromNumber }) => ({
      ...called(from, name),
      ...at(from),
      column_name: columnName(from, fromNumber),
      ordinal_position: 1,
      position_in_unique_constraint: 1,
    })),
  ];
  const columnUses = [
    ...keyed.flatMap((table) =>
      table.keyNumbers.map((number) => ({
        ...at(table),
        column_name: columnName(table, number),
        ...called(table, table.keyName),
      })),
    ),
    ...references.map(({ from, to, toNumber, name }) => ({
      ...at(to),
      column_name: columnName(to, toNumber),
      ...called(from, name),
    })),
  ];
  return [
    relation(
      'schemata',
      `catalog_name varchar, schema_name varchar, schema_owner varchar = "wharf", default_character_set_catalog varchar,
      default_character_set_schema varchar, default_character_set_name varchar, sql_path varchar`,
      [...new Set([...tables.map(({ schema }) => schema), 'pg_catalog', 'information_schema', 'public'])].map(
        (schema) => ({
          catalog_name: database,
          schema_name: schema,
        }),
      ),
    ),
    relation(
      'tables',
      `${TABLE}, table_type varchar = "BASE TABLE", self_referencing_column_name varchar, reference_generation varchar,
      user_defined_type_catalog varchar, user_defined_type_schema varchar, user_defined_type_name varchar,
      is_insertable_into varchar = "NO", is_typed varchar = "NO", commit_action varchar`,
      tables.map(at),
    ),
    relation(
      'columns',
      COLUMNS,
      tables.flatMap((table) => columnRows(database, table, at(table))),
    ),
    relation(
      'table_constraints',
      `${CONSTRAINT}, ${TABLE}, constraint_type varchar, is_deferrable varchar = "NO", initially_deferred varchar = "NO",
      enforced varchar = "NO", nulls_distinct varchar`,
      [
        ...keyed.map((table) => ({
          ...called(table, table.keyName),
          ...at(table),
          constraint_type: 'PRIMARY KEY',
          enforced: 'YES',
        })),
        ...references.map(({ from, name }) => ({
          ...called(from, name),
          ...at(from),
          constraint_type: 'FOREIGN KEY',
        })),
      ],
    ),
    relation(
      'key_column_usage',
      `${CONSTRAINT}, ${TABLE}, column_name varchar, ordinal_position integer, position_in_unique_constraint integer`,
      keyUses,
    ),
    relation('constraint_column_usage', `${TABLE}, column_name varchar, ${CONSTRAINT}`, columnUses),
    relation(
      'referential_constraints',
      `${CONSTRAINT}, unique_constraint_catalog varchar, unique_constraint_schema varchar, unique_constraint_name varchar,
      match_option varchar = "NONE", update_rule varchar = "NO ACTION", delete_rule varchar = "NO ACTION"`,
      references.map(({ from, to, name, indexOid }) => ({
        ...called(from, name),
        unique_constraint_catalog: indexOid === 0 ? null : database,
        unique_constraint_schema: indexOid === 0 ? null : to.schema,
        unique_constraint_name: indexOid === 0 ? null : to.keyName,
      })),
    ),
    relation(
      'table_privileges',
      `${PRIVILEGE}, ${TABLE}, ${GRANTED}, with_hierarchy varchar = "NO"`,
      tables.map(at),
    ),
    relation(
      'role_table_grants',
      `${PRIVILEGE}, ${TABLE}, ${GRANTED}, with_hierarchy varchar = "NO"`,
      tables.map(at),
    ),
    relation(
      'column_privileges',
      `${PRIVILEGE}, ${TABLE}, column_name varchar, ${GRANTED}`,
      tables.flatMap((table) =>
        columnsOf(table.dataset).map(({ name }) => ({ ...at(table), column_name: name })),
      ),
    ),
    ...emptyInformation(),
  ];
}

function emptyInformation(): CatalogRelation[] {
  return [
    relation(
      'views',
      `${TABLE}, view_definition varchar, check_option varchar, is_updatable varchar, is_insertable_into varchar`,
    ),
    relation(
      'triggers',
      `trigger_catalog varchar, trigger_schema varchar, trigger_name varchar, event_manipulation varchar,
      event_object_catalog varchar, event_object_schema varchar, event_object_table varchar, action_statement varchar`,
    ),
    relation(
      'routines',
      `specific_catalog varchar, specific_schema varchar, specific_name varchar, routine_catalog varchar,
      routine_schema varchar, routine_name varchar, routine_type varchar, data_type varchar, routine_definition varchar`,
    ),
    relation(
      'parameters',
      `specific_catalog varchar, specific_schema varchar, specific_name varchar, ordinal_position integer,
      parameter_mode varchar, parameter_name varchar, data_type varchar`,
    ),
    relation(
      'sequences',
      'sequence_catalog varchar, sequence_schema varchar, sequence_name varchar, data_type varchar',
    ),
    relation(
      'domains',
      'domain_catalog varchar, domain_schema varchar, domain_name varchar, data_type varchar',
    ),
    relation('check_constraints', `${CONSTRAINT}, check_clause varchar`),
    relation(
      'element_types',
      `object_catalog varchar, object_schema varchar, object_name varchar, object_type varchar,
      collection_type_identifier varchar, data_type varchar`,
    ),
  ];
}

const COLUMNS = `${TABLE}, column_name varchar, ordinal_position integer, column_default varchar, is_nullable varchar,
  data_type varchar, character_maximum_length integer, character_octet_length integer, numeric_precision integer,
  numeric_precision_radix integer, numeric_scale integer, datetime_precision integer, interval_type varchar,
  interval_precision integer, character_set_catalog varchar, character_set_schema varchar, character_set_name varchar,
  collation_catalog varchar, collation_schema varchar, collation_name varchar, domain_catalog varchar, domain_schema varchar,
  domain_name varchar, udt_catalog varchar, udt_schema varchar = "pg_catalog", udt_name varchar, scope_catalog varchar,
  scope_schema varchar, scope_name varchar, maximum_cardinality integer, dtd_identifier varchar,
  is_self_referencing varchar = "NO", is_identity varchar = "NO", identity_generation varchar, identity_start varchar,
  identity_increment varchar, identity_maximum varchar, identity_minimum varchar, identity_cycle varchar = "NO",
  is_generated varchar = "NEVER", generation_expression varchar, is_updatable varchar = "NO"`;

function columnRows(database: string, table: NumberedTable, at: CatalogRow): CatalogRow[] {
  return columnsOf(table.dataset).map((field, i) => {
    const type = pgTypeOf(engineTypeOf(field));
    return {
      ...at,
      column_name: field.name,
      ordinal_position: i + 1,
      is_nullable: isRequired(table, field) ? 'NO' : 'YES',
      data_type: type.category === 'A' ? 'ARRAY' : type.title,
      udt_catalog: database,
      udt_name: type.name,
      dtd_identifier: String(i + 1),
      ...precisionOf(field, type.oid),
    };
  });
}

/** Bits of binary numbers, digits of decimal ones, digits of a second. */
function precisionOf(field: Field, oid: number): CatalogRow {
  if (field.type === 'decimal')
    return {
      numeric_precision: field.precision ?? null,
      numeric_precision_radix: 10,
      numeric_scale: field.scale ?? null,
    };
  const bits = new Map([
    [21, 16],
    [23, 32],
    [20, 64],
    [701, 53],
    [700, 24],
  ]).get(oid);
  if (bits !== undefined)
    return {
      numeric_precision: bits,
      numeric_precision_radix: 2,
      ...(bits === 53 || bits === 24 ? {} : { numeric_scale: 0 }),
    };
  if (field.type === 'timestamp' || field.type === 'time') return { datetime_precision: 6 };
  return field.type === 'date' ? { datetime_precision: 0 } : {};
}
