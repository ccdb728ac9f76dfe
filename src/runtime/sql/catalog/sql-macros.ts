/** Functions of Postgres that the engine lacks, or has for itself only, as macros. Every statement may call them. */
import { sqlText } from '../../../schema/sql-type.ts';
import { TO_CHAR_NUMBER_MACRO } from '../dialect/number-format.ts';
import { IS_ANY_MACRO } from '../dialect/postgres-rules.ts';
import { SERVER_SETTINGS } from './pg-server.ts';
import { typeOids, typeTitles } from './pg-types.ts';

const MACROS: readonly string[] = [
  `version() as 'PostgreSQL 15.0 (Wharf)'`,
  `current_setting(name, missing := true) as ${choice(
    'lower(name)',
    Object.entries(SERVER_SETTINGS).map(([name, value]) => [sqlText(name), sqlText(value)]),
  )}`,
  `current_schemas(implicit) as ['pg_catalog', 'public']`,
  `format_type(id, modifier) as case
    when id = 1700 and modifier > 4 then 'numeric(' || ((modifier - 4) >> 16) || ',' || ((modifier - 4) & 65535) || ')'
    else coalesce(${choice(
      'id',
      [...typeTitles()].map(([oid, title]) => [String(oid), sqlText(title)]),
    )}, '???') end`,
  `_regtype_name(id) as format_type(id, null)`,
  `to_regtype(wanted) as ${choice(
    'lower(wanted)',
    [...typeOids()].map(([name, oid]) => [sqlText(name), String(oid)]),
  )}`,
  `pg_get_userbyid(id) as 'wharf'`,
  `_regrole(name) as 10`,
  `pg_encoding_to_char(id) as 'UTF8'`,
  `pg_char_to_encoding(name) as 6`,
  'pg_is_in_recovery() as false',
  'pg_backend_pid() as 1',
  'pg_postmaster_start_time() as null::timestamptz',
  `pg_tablespace_location(id) as ''`,
  // Every table is found by its name alone where no other has the same.
  'pg_table_is_visible(id) as id >= 16384',
  'pg_type_is_visible(id) as true',
  'pg_function_is_visible(id) as true',
  `pg_get_ruledef(id, pretty := true) as null::varchar`,
  `pg_get_triggerdef(id, pretty := true) as null::varchar`,
  `pg_get_viewdef(id, pretty := true) as null::varchar`,
  `pg_get_partkeydef(id) as null::varchar`,
  `pg_get_serial_sequence(relation, name) as null::varchar`,
  `pg_get_function_result(id) as ''`,
  `pg_get_function_arguments(id) as ''`,
  `pg_get_function_identity_arguments(id) as ''`,
  `pg_get_functiondef(id) as null::varchar`,
  `pg_get_statisticsobjdef_columns(id) as ''`,
  `pg_get_function_sqlbody(id) as null::varchar`,
  'pg_partition_ancestors(id) as unnest([id::bigint])',
  'pg_tablespace_size(id) as 0',
  `getdatabaseencoding() as 'UTF8'`,
  'pg_statistics_obj_is_visible(id) as true',
  'array_remove(list, value) as list_filter(list, lambda item: item is distinct from value)',
  'pg_relation_is_publishable(id) as false',
  'pg_relation_is_updatable(id, include := false) as 0',
  'pg_column_is_updatable(id, number, include := false) as false',
  'pg_total_relation_size(id) as 0',
  'pg_table_size(id) as 0',
  'pg_indexes_size(id) as 0',
  'pg_relation_size(id, fork := null) as 0',
  'pg_database_size(id) as 0',
  'pg_stat_get_numscans(id) as 0',
  'pg_index_column_has_property(id, number, property) as null::boolean',
  'pg_get_expr(node, relation, pretty := true) as null::varchar',
  'shobj_description(relation, catalog) as null::varchar',
  'array_upper(list, dimension) as nullif(len(list), 0)',
  'array_lower(list, dimension) as if(len(list) = 0, null, 1)',
  'array_ndims(list) as if(len(list) = 0, null, 1)',
  `_pg_expandarray(list) as unnest(list_transform(list, lambda x, i: {'x': x, 'n': i}))`,
  `aclexplode(acl) as null::struct(grantor bigint, grantee bigint, privilege_type varchar, is_grantable boolean)`,
  `pg_listening_channels() as null::varchar`,
  `quote_ident(name) as case when regexp_full_match(name, '[a-z_][a-z0-9_]*') then name
    else '"' || replace(name, '"', '""') || '"' end`,
  `quote_literal(value) as '''' || replace(value::varchar, '''', '''''') || ''''`,
  `btrim(value, characters := ' ') as trim(value, characters)`,
  `initcap(value) as array_to_string(list_transform(string_split(value, ' '),
    lambda word: upper(word[1]) || lower(word[2:])), ' ')`,
  'jsonb_array_length(value) as json_array_length(value)',
  'json_typeof(value) as lower(json_type(value))',
  'jsonb_typeof(value) as lower(json_type(value))',
  'jsonb_extract_path_text(value, name) as json_extract_string(value, name)',
  'make_interval(years := 0, months := 0, weeks := 0, days := 0, hours := 0, mins := 0, secs := 0) as to_years(years) + to_months(months) + to_days(weeks * 7 + days) + to_hours(hours) + to_minutes(mins) + to_seconds(secs)',
  `width_bucket(operand, low, high, count) as case
    when count <= 0 then error('count must be greater than zero')
    when low = high then error('lower bound cannot equal upper bound')
    when (low < high and operand < low) or (low > high and operand > low) then 0
    when (low < high and operand >= high) or (low > high and operand <= high) then count + 1
    else least(floor(count * (operand - low) / (high - low)), count - 1)::integer + 1 end`,
  TO_CHAR_NUMBER_MACRO,
  IS_ANY_MACRO,
];

/** Those read tables of the catalog, and are made with them. */
const CATALOG_MACROS: readonly string[] = [
  'pg_get_constraintdef(id, pretty := true) as (select _def from _pg.constraint_texts where _oid = id)',
  'pg_get_indexdef(id, col := 0, pretty := true) as (select _def from _pg.index_texts where _oid = id and _number = col)',
  'col_description(relation, col) as (select _text from _pg.description_texts where _oid = relation and _number = col)',
  `obj_description(relation, catalog := 'pg_class') as
    (select _text from _pg.description_texts where _oid = relation and _number = 0)`,
  `to_regclass(wanted) as (select min(_oid) from _pg.class_texts where replace(wanted, '"', '') in (_full_name, _name))`,
  '_regclass_name(id) as coalesce((select _full_name from _pg.class_texts where _oid = id), id::varchar)',
  'to_regnamespace(wanted) as (select _oid from _pg.schema_texts where _name = wanted)',
  '_regnamespace_name(id) as (select _name from _pg.schema_texts where _oid = id)',
];

const nameOf = (macro: string): string => macro.slice(0, macro.indexOf('('));

/** Lower case. */
export const MACRO_NAMES: ReadonlySet<string> = new Set([...MACROS, ...CATALOG_MACROS].map(nameOf));
/** Statements that call one of these need the catalog, even where they name none of its tables. */
export const CATALOG_MACRO_NAMES: ReadonlySet<string> = new Set(CATALOG_MACROS.map(nameOf));

export const MACROS_SETUP = MACROS.map(setupOf);
export const CATALOG_MACROS_SETUP = CATALOG_MACROS.map(setupOf);

function setupOf(macro: string): string {
  return `create or replace macro ${macro}`;
}

function choice(value: string, cases: readonly (readonly [string, string])[]): string {
  return `case ${value} ${cases.map(([from, to]) => `when ${from} then ${to}`).join(' ')} end`;
}
