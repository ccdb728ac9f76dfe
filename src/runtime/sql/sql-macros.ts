/** Functions of Postgres that the engine lacks, as macros. A name that stands here may be called by every statement. */

const MACROS: Readonly<Record<string, string>> = {
  version: `version() as 'PostgreSQL 15.0 (Wharf)'`,
  current_setting: `current_setting(name, missing := true) as case lower(name)
    when 'server_version' then '15.0' when 'server_version_num' then '150000' when 'server_encoding' then 'UTF8'
    when 'client_encoding' then 'UTF8' when 'timezone' then 'UTC' when 'search_path' then '"$user", public'
    when 'standard_conforming_strings' then 'on' when 'max_index_keys' then '32' else null end`,
  pg_get_userbyid: `pg_get_userbyid(id) as 'wharf'`,
  pg_encoding_to_char: `pg_encoding_to_char(id) as 'UTF8'`,
  pg_is_in_recovery: 'pg_is_in_recovery() as false',
  pg_backend_pid: 'pg_backend_pid() as 1',
  pg_table_is_visible: 'pg_table_is_visible(id) as false',
  pg_get_indexdef: `pg_get_indexdef(id, col := 0, pretty := true) as ''`,
  pg_get_constraintdef: `pg_get_constraintdef(id, pretty := true) as
    (select def from _pg.constraint_texts where oid = id)`,
  pg_get_statisticsobjdef_columns: `pg_get_statisticsobjdef_columns(id) as ''`,
  pg_relation_is_publishable: 'pg_relation_is_publishable(id) as false',
  pg_total_relation_size: 'pg_total_relation_size(id) as 0',
  pg_table_size: 'pg_table_size(id) as 0',
  pg_relation_size: 'pg_relation_size(id) as 0',
  pg_get_expr: 'pg_get_expr(node, relation, pretty := true) as null::varchar',
  quote_ident: `quote_ident(name) as case when regexp_full_match(name, '[a-z_][a-z0-9_]*') then name
    else '"' || replace(name, '"', '""') || '"' end`,
  quote_literal: `quote_literal(value) as '''' || replace(value::varchar, '''', '''''') || ''''`,
  col_description: `col_description(relation, number) as
    (select description from _pg.pg_description where objoid = relation and objsubid = number)`,
  obj_description: `obj_description(relation, catalog := 'pg_class') as
    (select description from _pg.pg_description where objoid = relation and objsubid = 0)`,
  shobj_description: `shobj_description(relation, catalog := '') as null::varchar`,
  btrim: `btrim(value, characters := ' ') as trim(value, characters)`,
  array_upper: 'array_upper(list, dimension) as len(list)',
  initcap: `initcap(value) as array_to_string(list_transform(string_split(value, ' '),
    lambda word: upper(word[1]) || lower(word[2:])), ' ')`,
  jsonb_array_length: 'jsonb_array_length(value) as json_array_length(value)',
  json_typeof: `json_typeof(value) as lower(json_type(value))`,
};

/** Those need the catalog's tables, and are made with them. */
const OF_CATALOG: ReadonlySet<string> = new Set([
  'pg_get_constraintdef',
  'col_description',
  'obj_description',
]);

export const MACRO_NAMES: ReadonlySet<string> = new Set(Object.keys(MACROS));

export const MACROS_SETUP: readonly string[] = setupOf((name) => !OF_CATALOG.has(name));
export const CATALOG_MACROS_SETUP: readonly string[] = setupOf((name) => OF_CATALOG.has(name));

function setupOf(wanted: (name: string) => boolean): readonly string[] {
  return Object.entries(MACROS).flatMap(([name, macro]) =>
    wanted(name) ? [`create or replace macro ${macro}`] : [],
  );
}
