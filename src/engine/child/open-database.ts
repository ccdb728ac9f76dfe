import { mkdir, rm } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { EngineSettings } from '../messages.ts';
import { PROGRESS_SETTINGS } from './watch-progress.ts';

/**
 * Opens an in-memory database with everything fixed that could make the same SQL answer differently elsewhere, or
 * reach outside: time zone, order of rows, extensions. The configuration is locked before anybody's SQL is seen.
 */
export async function openDatabase(settings: EngineSettings): Promise<DuckDBInstance> {
  await rm(settings.spillFolder, { recursive: true, force: true });
  await mkdir(settings.spillFolder, { recursive: true, mode: 0o700 });
  const database = await DuckDBInstance.create(':memory:', {
    threads: String(settings.threads),
    memory_limit: `${settings.memoryMb}MiB`,
    temp_directory: settings.spillFolder,
    // It keeps what was read of files that are gone by now, until all memory is full of it; the system keeps what is still there.
    enable_external_file_cache: 'false',
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await database.connect();
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  // Errors as JSON say where in the statement they are.
  await connection.run('SET GLOBAL errors_as_json = true');
  // How far a statement is can be asked for: that changes no answer.
  await connection.run(
    `SET GLOBAL allowed_configs = [${PROGRESS_SETTINGS.map((name) => `'${name}'`).join(', ')}]`,
  );
  await connection.run('SET GLOBAL lock_configuration = true');
  connection.closeSync();
  return database;
}
