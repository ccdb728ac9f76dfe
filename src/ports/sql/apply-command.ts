/** Commands that change a session and give no rows; each returns the tag that its client is told. */
import type { SqlService } from '../../kit/sql.ts';
import type { SessionCommand } from './session-command.ts';
import { SessionError } from './session-error.ts';
import type { SessionSettings } from './session-settings.ts';
import type { Transaction } from './transaction.ts';

export interface SessionState {
  readonly settings: SessionSettings;
  readonly transaction: Transaction;
  readonly sql: SqlService;
  /** Undefined: all of them. */
  dropStatements(name: string | undefined): void;
  closePortals(name: string | undefined): Promise<void>;
}

/** Throws SessionError, AT_INVALID. */
export async function applyCommand(command: SessionCommand, state: SessionState): Promise<string> {
  const { settings, transaction } = state;
  switch (command.kind) {
    case 'begin':
      transaction.begin();
      return 'BEGIN';
    case 'commit':
    case 'rollback':
      await state.closePortals(undefined);
      return transaction.end(command.kind);
    case 'savepoint':
      transaction.needs(command.kind);
      return 'SAVEPOINT';
    case 'release':
      transaction.needs(command.kind);
      return 'RELEASE';
    case 'rollback-to':
      transaction.rollbackToSavepoint();
      return 'ROLLBACK';
    case 'set':
      // A place to read at is looked at now, so that a wrong one is told at once.
      if (command.name === 'wharf.at' && command.value !== '') state.sql.vector(command.value);
      settings.set(command.name, command.value);
      if (command.name === 'wharf.at') transaction.renew();
      return 'SET';
    case 'reset':
      settings.reset(command.name);
      transaction.renew();
      return 'RESET';
    case 'discard':
      state.dropStatements(undefined);
      await state.closePortals(undefined);
      settings.reset('all');
      return 'DISCARD ALL';
    case 'unlisten':
      return 'UNLISTEN';
    case 'deallocate':
      state.dropStatements(command.name);
      return 'DEALLOCATE';
    case 'deallocate-all':
      state.dropStatements(undefined);
      return 'DEALLOCATE ALL';
    case 'close':
      await state.closePortals(command.name === 'all' ? undefined : command.name);
      return 'CLOSE CURSOR';
    default:
      throw new SessionError('0A000', `"${command.kind}" is not available here.`);
  }
}
