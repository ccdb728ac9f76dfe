/** SQL for consumers, as the ports of a platform get it. */
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { GuestPool } from '../../engine/guest-pool.ts';
import type { SqlHost } from '../../kit/sql.ts';
import type { Platform } from '../platform.ts';
import { ObservedSql } from '../reads/observed-sql.ts';
import { MACROS_SETUP } from './catalog/sql-macros.ts';
import { SignIns } from './sign-ins.ts';
import { databaseName } from './sql-names.ts';
import { StatementService } from './statement-service.ts';

export interface OpenedSql {
  readonly host: SqlHost;
  close(): Promise<void>;
}

export interface SqlTerms {
  readonly clock: Clock;
  /** Whether a name that nobody has is let in. */
  readonly needsToken: boolean;
}

export function openSql(platform: Platform, { clock, needsToken }: SqlTerms): OpenedSql {
  const { store, published, log, temporaryFolder } = platform.services;
  const guests = new GuestPool({
    folder: path.join(temporaryFolder, 'guests'),
    base: { name: databaseName(platform.mesh), setup: MACROS_SETUP },
    clock,
  });
  const sql = new StatementService({
    ...{ mesh: platform.mesh, store, published, clock, guests },
    ...{ access: platform.access, files: platform.files },
  });
  let isWarm = false;
  const signIns = new SignIns(platform, needsToken);
  const signIn = async (user: string, isPrivate: boolean) => {
    // Most who sign in ask something; who never does costs no process. What goes wrong shows again, and better, with the statement.
    if (!isWarm) guests.warmUp().catch(() => undefined);
    isWarm = true;
    return signIns.of(user, isPrivate);
  };
  const answered = (product: string, ms: number) =>
    platform.ports.record({ product, port: 'sql', status: 200, ms, bytes: 0 });
  const observed = new ObservedSql(sql, {
    observer: platform.reads,
    tracer: platform.services.tracer,
    answered,
  });
  const host: SqlHost = { mesh: sql.database, sql: observed, clock, log, signIn };
  return { host, close: () => guests.close() };
}
