/** The destination `postgres`: a table that holds the product at one position, and goes on with it. */
import { present } from '../../base/assert.ts';
import { WharfError } from '../../base/errors.ts';
import { type DeliveryContext, defineDelivery } from '../../kit/delivery.ts';
import '../../kit/errors.ts';
import { openPostgres } from '../../kit/postgres-client.ts';
import { Ledger } from './ledger.ts';
import { PostgresDestination } from './postgres-destination.ts';
import { PostgresTable } from './postgres-table.ts';

const NAME = '^[A-Za-z_][A-Za-z0-9_]{0,62}$';

export const postgresDelivery = defineDelivery({
  name: 'postgres',
  doc: 'A table of a PostgreSQL database: made, loaded by COPY, then kept up to date. Rows and position change in one transaction.',
  guarantee: 'exactly-once',
  options: [
    {
      name: 'connection',
      type: 'string',
      required: true,
      connectionName: true,
      connectionTypes: ['postgres'],
      doc: 'The connection of mesh.yaml.',
      example: 'warehouse',
    },
    {
      name: 'table',
      type: 'string',
      required: true,
      pattern: NAME,
      doc: 'The table, of this delivery alone.',
      example: 'airport_delays',
    },
    {
      name: 'schema',
      type: 'string',
      pattern: NAME,
      default: 'public',
      doc: 'Its schema, which must exist.',
    },
    {
      name: 'mode',
      type: 'string',
      enum: ['state', 'changes'],
      default: 'state',
      doc: 'One row a key (`state`), or every journaled record with its operation, position and time (`changes`).',
    },
    {
      name: 'replace',
      type: 'boolean',
      default: 'false',
      doc: 'A table of this name that was made by somebody else is replaced; otherwise it stays as it is, and nothing is delivered.',
    },
  ],
  open: openDestination,
});

/** Throws as `openPostgres` and `Ledger.open`, and DELIVERY_OCCUPIED. */
async function openDestination(context: DeliveryContext): Promise<PostgresDestination> {
  const connection = present(context.connection, 'the connection is required');
  const { reveal, baseFolder, options, shape } = context;
  const schema = String(options.schema);
  const client = await openPostgres(
    { connection, reveal, baseFolder },
    { application: `wharf ${context.name}` },
  );
  try {
    const table = new PostgresTable({ client, connection, schema, table: String(options.table) });
    const name = `${context.mesh} ${context.name}`;
    const ledger = await Ledger.open({ client, connection, schema, name, target: table.name });
    const { entry } = ledger;
    const exists = await table.exists();
    const isOurs = entry.position !== undefined && !(await ledger.isSharedTarget());
    if (exists && !isOurs && options.replace !== true) throw occupied(table.name);
    const isSame = exists && entry.stamp === shape.stamp;
    return new PostgresDestination({
      context,
      client,
      ledger,
      table,
      schema,
      position: isSame ? entry.position : undefined,
    });
  } catch (thrown) {
    await client.end();
    throw thrown;
  }
}

function occupied(table: string): WharfError {
  return new WharfError('DELIVERY_OCCUPIED', `The table ${table} was not made by this delivery.`, {
    hint: 'Choose another table, or write "replace: true" to have it replaced.',
  });
}
