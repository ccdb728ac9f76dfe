/** SQL for consumers, as the ports of a platform get it. */
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { GuestPool } from '../../engine/guest-pool.ts';
import type { SqlHost, SqlPrincipal } from '../../kit/sql.ts';
import type { Platform } from '../platform.ts';
import { ObservedSql } from '../reads/observed-sql.ts';
import { StatementService } from './statement-service.ts';

export interface OpenedSql {
  readonly host: SqlHost;
  close(): Promise<void>;
}

/** The one principal there is while Wharf serves the loopback only. */
const EVERYONE_ACCESS = 'everyone';

export function openSql(platform: Platform, clock: Clock): OpenedSql {
  const { store, published, log, temporaryFolder } = platform.services;
  const guests = new GuestPool(path.join(temporaryFolder, 'guests'), clock);
  const sql = new StatementService({ mesh: platform.mesh, store, published, clock, guests });
  let isWarm = false;
  const signIn = async (user: string) => {
    // Most who sign in ask something; who never does costs no process. What goes wrong shows again, and better, with the statement.
    if (!isWarm) guests.warmUp().catch(() => undefined);
    isWarm = true;
    return { kind: 'open', principal: principalOf(user) } as const;
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

/**
 * Who asks: the one place where a principal comes into SQL. Whoever reaches the loopback may read every product that has a port, so a
 * name says who waits in which queue, and nothing more; no password is looked at.
 */
export function principalOf(user: string): SqlPrincipal {
  return { name: user === '' ? 'anyone' : user, access: EVERYONE_ACCESS };
}
