import { WharfError } from '../base/errors.ts';
import type { EngineFailure } from './messages.ts';

const SQL_SHOWN_MAX = 200;

/** What the engine says of a statement that it refused; in `details` of an ENGINE_SQL. */
export interface SqlProblem {
  /** DuckDB's class of the error: `Parser`, `Binder`, `Catalog`, `Conversion`, ... */
  readonly type: string;
  readonly message: string;
  /** Where in the statement, in UTF-16 code units from 0. */
  readonly position: number | undefined;
}

/** The engine's own words of an ENGINE_SQL; undefined for any other error. */
export function sqlProblemOf(error: unknown): SqlProblem | undefined {
  if (!(error instanceof WharfError) || error.code !== 'ENGINE_SQL') return undefined;
  const { type, message, position } = error.details ?? {};
  return {
    type: String(type),
    message: String(message),
    position: typeof position === 'number' ? position : undefined,
  };
}

/** The failure of a task as an error. `sql` is the task's last statement. */
export function failureError(failure: EngineFailure, sql: string): WharfError {
  const { type, message } = failure;
  const first = message.split('\n', 1)[0] ?? message;
  if (type.startsWith('ENGINE_')) return new WharfError(type, message, { details: { sql: shortened(sql) } });
  if (isDiskFull(type, message)) {
    return new WharfError('ENGINE_DISK_FULL', `The engine could not write: ${first}`, {
      hint: 'Make room on the disk that holds the data folder. The call can then be tried again.',
    });
  }
  if (type === 'Out of Memory') {
    return new WharfError('ENGINE_MEMORY', `The engine ran out of its memory: ${first}`, {
      hint: 'Let it read less at once, or give the engine more memory.',
    });
  }
  const details = {
    type,
    message,
    sql: shortened(sql),
    ...(failure.position === undefined ? {} : { position: failure.position }),
  };
  return new WharfError('ENGINE_SQL', `The engine refused the SQL: ${message}`, { details });
}

/** Also when the engine's own bound on its temporary data is met: it is set to what the disk had free. */
function isDiskFull(type: string, message: string): boolean {
  if (type === 'ENOSPC' || /no space left on device|ENOSPC|disk (is )?full/i.test(message)) return true;
  return type === 'Out of Memory' && message.includes('max_temp_directory_size');
}

function shortened(sql: string): string {
  return sql.length > SQL_SHOWN_MAX ? `${sql.slice(0, SQL_SHOWN_MAX)}...` : sql;
}
