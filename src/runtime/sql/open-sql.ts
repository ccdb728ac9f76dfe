/** SQL for consumers, as the ports of a platform get it. */
import path from 'node:path';
import { SCRAM_ITERATIONS } from '../../access/token.ts';
import type { Clock } from '../../base/clock.ts';
import { GuestPool } from '../../engine/guest-pool.ts';
import type { SqlHost, SqlSignIn } from '../../kit/sql.ts';
import type { TokenStore } from '../access/token-store.ts';
import type { Platform } from '../platform.ts';
import { ObservedSql } from '../reads/observed-sql.ts';
import { SqlCaller } from './sql-caller.ts';
import { StatementService } from './statement-service.ts';

export interface OpenedSql {
  readonly host: SqlHost;
  close(): Promise<void>;
}

export function openSql(platform: Platform, clock: Clock): OpenedSql {
  const { store, published, log, temporaryFolder } = platform.services;
  const guests = new GuestPool(path.join(temporaryFolder, 'guests'), clock);
  const sql = new StatementService({
    ...{ mesh: platform.mesh, store, published, clock, guests },
    ...{ access: platform.access, files: platform.files },
  });
  let isWarm = false;
  const signIn = async (user: string) => {
    // Most who sign in ask something; who never does costs no process. What goes wrong shows again, and better, with the statement.
    if (!isWarm) guests.warmUp().catch(() => undefined);
    isWarm = true;
    return signInOf(platform.tokens, user);
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

/** Who has a token must prove it. Any other name is that of nobody who is known. */
function signInOf(tokens: TokenStore, user: string): SqlSignIn {
  const named = tokens.named(user);
  const [first] = named;
  if (!first) return { kind: 'open', principal: SqlCaller.unknown(user) };
  const keys = named.map(({ token, holder }) => ({
    storedKey: Buffer.from(token.scram.storedKey, 'base64'),
    serverKey: Buffer.from(token.scram.serverKey, 'base64'),
    principal: SqlCaller.of(holder),
  }));
  const salt = Buffer.from(first.token.scram.salt, 'base64');
  return { kind: 'scram', salt, iterations: SCRAM_ITERATIONS, keys };
}
