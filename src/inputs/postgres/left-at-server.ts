/**
 * Slot and publication of an input that the mesh no longer has. A slot keeps the log of its server until it is dropped, so what nobody
 * reads from any more fills the disk there. Only what was made for the input is dropped, and only where it was made.
 */
import { WharfError } from '../../base/errors.ts';
import type { Cursor, Leavings, LeavingTarget } from '../../kit/input.ts';
import { askPostgres, openPostgres, postgresName } from '../../kit/postgres-client.ts';
import type { PostgresCursor } from './postgres-cursor.ts';
import { isMadeFor, readSystem } from './replication-slot.ts';
import './errors.ts';

type Ask = (sql: string, values?: readonly unknown[]) => Promise<Record<string, string>[]>;

export const leftAtServer: Leavings = {
  connectionType: 'postgres',
  describe(id, cursor) {
    const { slot, publication, removed } = isOurs(cursor) ? cursor : {};
    if (slot === undefined || removed || !isMadeFor(id, slot)) return undefined;
    return slot === publication
      ? `the replication slot and the publication "${slot}"`
      : `the replication slot "${slot}"`;
  },
  async remove(target, cursor) {
    if (!isOurs(cursor)) throw new Error('Invariant broken: what is removed was described');
    const client = await openPostgres(target, { application: 'wharf clean' });
    const ask: Ask = (sql, values) => askPostgres(client, target.connection, sql, values);
    try {
      return await removeBoth(ask, cursor, target);
    } finally {
      await client.end();
    }
  },
  afterwards: (cursor) => ({ ...(cursor as PostgresCursor), removed: true }),
};

function isOurs(cursor: Cursor): cursor is PostgresCursor {
  const { step, slot, publication } = (cursor ?? {}) as Partial<PostgresCursor>;
  return (
    ['begin', 'copy', 'follow'].includes(step ?? '') &&
    typeof slot === 'string' &&
    typeof publication === 'string'
  );
}

/** Throws POSTGRES_SLOT_BUSY. */
async function removeBoth(
  ask: Ask,
  { system, slot, publication }: PostgresCursor,
  { connection }: LeavingTarget,
): Promise<'removed' | 'gone' | 'elsewhere'> {
  if ((await readSystem({ ask })) !== system) return 'elsewhere';
  const [there] = await ask(
    'select active::text as active, (database = current_database())::text as here from pg_replication_slots where slot_name = $1',
    [slot],
  );
  if (there?.here === 'false') return 'elsewhere';
  if (there?.active === 'true')
    throw new WharfError(
      'POSTGRES_SLOT_BUSY',
      `Somebody reads from the replication slot "${slot}" at the connection "${connection.name}".`,
      { hint: 'Another server with a copy of the data folder may still be up; stop it first.' },
    );
  if (there) await ask('select pg_drop_replication_slot($1)', [slot]);
  const isPublished = publication === slot && (await hasPublication(ask, slot));
  if (isPublished) await ask(`drop publication if exists ${postgresName(slot)}`);
  return there || isPublished ? 'removed' : 'gone';
}

async function hasPublication(ask: Ask, name: string): Promise<boolean> {
  return (await ask('select 1 as found from pg_publication where pubname = $1', [name])).length > 0;
}
