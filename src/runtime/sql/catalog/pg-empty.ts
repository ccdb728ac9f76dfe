/** Relations that a mesh has nothing for, with the columns that clients ask for. */
import { type CatalogRelation, relation } from './catalog-relation.ts';

const EMPTY: Readonly<Record<string, string>> = {
  pg_aggregate: 'aggfnoid bigint, aggkind varchar, aggtransfn varchar, aggfinalfn varchar',
  pg_amop:
    'oid bigint, amopfamily bigint, amoplefttype bigint, amoprighttype bigint, amopstrategy integer, amoppurpose varchar, amopopr bigint, amopmethod bigint, amopsortfamily bigint',
  pg_amproc:
    'oid bigint, amprocfamily bigint, amproclefttype bigint, amprocrighttype bigint, amprocnum integer, amproc varchar',
  pg_attrdef: 'oid bigint, adrelid bigint, adnum integer, adbin varchar',
  pg_auth_members: 'oid bigint, roleid bigint, member bigint, grantor bigint, admin_option boolean',
  pg_cast:
    'oid bigint, castsource bigint, casttarget bigint, castfunc bigint, castcontext varchar, castmethod varchar',
  pg_conversion:
    'oid bigint, conname varchar, connamespace bigint, conforencoding integer, contoencoding integer, conproc varchar, condefault boolean',
  pg_cursors:
    'name varchar, statement varchar, is_holdable boolean, is_binary boolean, is_scrollable boolean, creation_time timestamptz',
  pg_db_role_setting: 'setdatabase bigint, setrole bigint, setconfig varchar[]',
  pg_default_acl:
    'oid bigint, defaclrole bigint, defaclnamespace bigint, defaclobjtype varchar, defaclacl varchar[]',
  pg_enum: 'oid bigint, enumtypid bigint, enumsortorder double, enumlabel varchar',
  pg_event_trigger:
    'oid bigint, evtname varchar, evtevent varchar, evtowner bigint, evtfoid bigint, evtenabled varchar, evttags varchar[]',
  pg_extension:
    'oid bigint, extname varchar, extowner bigint, extnamespace bigint, extrelocatable boolean, extversion varchar, extconfig bigint[], extcondition varchar[]',
  pg_foreign_data_wrapper:
    'oid bigint, fdwname varchar, fdwowner bigint, fdwhandler bigint, fdwvalidator bigint, fdwacl varchar[], fdwoptions varchar[]',
  pg_foreign_server:
    'oid bigint, srvname varchar, srvowner bigint, srvfdw bigint, srvtype varchar, srvversion varchar, srvacl varchar[], srvoptions varchar[]',
  pg_foreign_table: 'ftrelid bigint, ftserver bigint, ftoptions varchar[]',
  pg_inherits: 'inhrelid bigint, inhparent bigint, inhseqno integer, inhdetachpending boolean',
  pg_largeobject_metadata: 'oid bigint, lomowner bigint, lomacl varchar[]',
  pg_locks:
    'locktype varchar, database bigint, relation bigint, pid integer, mode varchar, granted boolean, transactionid bigint',
  pg_matviews:
    'schemaname varchar, matviewname varchar, matviewowner varchar, tablespace varchar, hasindexes boolean, ispopulated boolean, definition varchar',
  pg_opclass:
    'oid bigint, opcmethod bigint, opcname varchar, opcnamespace bigint, opcowner bigint, opcfamily bigint, opcintype bigint, opcdefault boolean, opckeytype bigint',
  pg_operator:
    'oid bigint, oprname varchar, oprnamespace bigint, oprowner bigint, oprkind varchar, oprcanmerge boolean, oprcanhash boolean, oprleft bigint, oprright bigint, oprresult bigint, oprcom bigint, oprnegate bigint, oprcode varchar, oprrest varchar, oprjoin varchar',
  pg_opfamily: 'oid bigint, opfmethod bigint, opfname varchar, opfnamespace bigint, opfowner bigint',
  pg_partitioned_table:
    'partrelid bigint, partstrat varchar, partnatts integer, partdefid bigint, partattrs bigint[], partexprs varchar',
  pg_policies:
    'schemaname varchar, tablename varchar, policyname varchar, permissive varchar, roles varchar[], cmd varchar, qual varchar, with_check varchar',
  pg_policy:
    'oid bigint, polname varchar, polrelid bigint, polcmd varchar, polpermissive boolean, polroles bigint[], polqual varchar, polwithcheck varchar',
  pg_prepared_statements:
    'name varchar, statement varchar, prepare_time timestamptz, parameter_types varchar[], from_sql boolean',
  pg_prepared_xacts: 'transaction bigint, gid varchar, prepared timestamptz, owner varchar, database varchar',
  pg_publication:
    'oid bigint, pubname varchar, pubowner bigint, puballtables boolean, pubinsert boolean, pubupdate boolean, pubdelete boolean, pubtruncate boolean, pubviaroot boolean',
  pg_publication_namespace: 'oid bigint, pnpubid bigint, pnnspid bigint',
  pg_publication_rel: 'oid bigint, prpubid bigint, prrelid bigint, prqual varchar, prattrs bigint[]',
  pg_publication_tables: 'pubname varchar, schemaname varchar, tablename varchar',
  pg_range: 'rngtypid bigint, rngsubtype bigint, rngmultitypid bigint, rngcollation bigint, rngsubopc bigint',
  pg_rewrite:
    'oid bigint, rulename varchar, ev_class bigint, ev_type varchar, ev_enabled varchar, is_instead boolean, ev_qual varchar, ev_action varchar',
  pg_rules: 'schemaname varchar, tablename varchar, rulename varchar, definition varchar',
  pg_seclabel: 'objoid bigint, classoid bigint, objsubid integer, provider varchar, label varchar',
  pg_sequence:
    'seqrelid bigint, seqtypid bigint, seqstart bigint, seqincrement bigint, seqmax bigint, seqmin bigint, seqcache bigint, seqcycle boolean',
  pg_sequences:
    'schemaname varchar, sequencename varchar, sequenceowner varchar, data_type varchar, start_value bigint, min_value bigint, max_value bigint, increment_by bigint, cycle boolean, cache_size bigint, last_value bigint',
  pg_shdepend:
    'dbid bigint, classid bigint, objid bigint, objsubid integer, refclassid bigint, refobjid bigint, deptype varchar',
  pg_shdescription: 'objoid bigint, classoid bigint, description varchar',
  pg_stat_activity:
    'datid bigint, datname varchar, pid integer, usesysid bigint, usename varchar, application_name varchar, client_addr varchar, client_port integer, backend_start timestamptz, xact_start timestamptz, query_start timestamptz, state_change timestamptz, wait_event_type varchar, wait_event varchar, state varchar, query varchar, backend_type varchar',
  pg_statistic_ext:
    'oid bigint, stxrelid bigint, stxname varchar, stxnamespace bigint, stxowner bigint, stxstattarget integer, stxkeys bigint[], stxkind varchar[], stxexprs varchar',
  pg_subscription:
    'oid bigint, subdbid bigint, subname varchar, subowner bigint, subenabled boolean, subpublications varchar[]',
  pg_timezone_names: 'name varchar, abbrev varchar, utc_offset interval, is_dst boolean',
  pg_transform: 'oid bigint, trftype bigint, trflang bigint',
  pg_trigger:
    'oid bigint, tgrelid bigint, tgparentid bigint, tgname varchar, tgfoid bigint, tgtype integer, tgenabled varchar, tgisinternal boolean, tgconstrrelid bigint, tgconstrindid bigint, tgconstraint bigint, tgdeferrable boolean, tginitdeferred boolean, tgnargs integer, tgattr bigint[], tgargs varchar, tgqual varchar, tgoldtable varchar, tgnewtable varchar',
  pg_ts_config: 'oid bigint, cfgname varchar, cfgnamespace bigint, cfgowner bigint, cfgparser bigint',
  pg_ts_dict:
    'oid bigint, dictname varchar, dictnamespace bigint, dictowner bigint, dicttemplate bigint, dictinitoption varchar',
  pg_ts_parser: 'oid bigint, prsname varchar, prsnamespace bigint',
  pg_ts_template: 'oid bigint, tmplname varchar, tmplnamespace bigint',
  pg_user_mapping: 'oid bigint, umuser bigint, umserver bigint, umoptions varchar[]',
  pg_user_mappings:
    'umid bigint, srvid bigint, srvname varchar, umuser bigint, usename varchar, umoptions varchar[]',
  pg_views: 'schemaname varchar, viewname varchar, viewowner varchar, definition varchar',
};

export function emptyRelations(): CatalogRelation[] {
  return Object.entries(EMPTY).map(([name, columns]) => relation(name, columns));
}
