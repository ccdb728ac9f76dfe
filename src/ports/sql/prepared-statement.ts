import type { SqlDescription, SqlParam } from '../../kit/sql.ts';
import type { Portal } from './portal.ts';
import type { SessionCommand } from './session-command.ts';

/** A statement that was parsed, by the name that its client gave it. */
export interface PreparedStatement {
  readonly command: SessionCommand;
  /** Of the parameters, as far as the client gave them. */
  readonly oids: readonly number[];
  /** Undefined for what is no query, or has not been looked at yet. */
  description: SqlDescription | undefined;
}

/** A prepared statement with its parameters. */
export interface BoundStatement {
  readonly command: SessionCommand;
  readonly params: readonly SqlParam[];
  /** Formats of the columns, as a Bind message tells them. */
  readonly results: readonly number[];
  readonly prepared: PreparedStatement;
  /** Once it runs. */
  portal: Portal | undefined;
}

/** One that came as a text of its own, without parameters. */
export function boundQuery(command: SessionCommand): BoundStatement {
  const prepared = { command, oids: [], description: undefined };
  return { command, params: [], results: [], prepared, portal: undefined };
}
