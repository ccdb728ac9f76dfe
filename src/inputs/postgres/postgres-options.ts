import { WharfError } from '../../base/errors.ts';
import { ANY_VALUE, type OptionField } from '../../schema/options.ts';
import './errors.ts';

const NAME = '^[a-z_][a-z0-9_]{0,62}$';

/** What a spec may say about an input `from: postgres`. */
export const postgresOptionFields: readonly OptionField[] = [
  {
    name: 'connection',
    type: 'string',
    required: true,
    connectionName: true,
    connectionTypes: ['postgres'],
    doc: 'The connection of type postgres.',
  },
  {
    name: 'table',
    type: 'string',
    required: true,
    replaces: ANY_VALUE,
    doc: 'The table, with its schema when that is not public; columns are read into the fields of their names.',
    example: 'sales.orders',
  },
  {
    name: 'slot',
    type: 'string',
    pattern: NAME,
    doc: 'A replication slot that is there already; left out, one is made.',
  },
  {
    name: 'publication',
    type: 'string',
    pattern: NAME,
    doc: 'A publication with the table that is there already; left out, one is made.',
  },
  {
    name: 'parallel',
    type: 'integer',
    min: '1',
    max: '8',
    default: '3',
    doc: 'How many ranges of the key are copied at the same time at first.',
  },
  {
    name: 'on_gap',
    type: 'string',
    enum: ['stop', 'reread'],
    default: 'stop',
    doc: 'When changes were lost: stop and say so, or read the table again and journal what differs.',
  },
  {
    name: 'wal_held_max',
    type: 'integer',
    min: '1',
    default: '10000',
    doc: 'Megabytes of log that the server may keep for this input before a warning.',
  },
];

export interface PostgresOptions {
  readonly schema: string;
  readonly table: string;
  readonly slot: string | undefined;
  readonly publication: string | undefined;
  readonly parallel: number;
  readonly rereadsGaps: boolean;
  readonly walHeldBytesMax: number;
}

const MEGABYTE = 1_000_000;

/** Types the options, which were checked one by one. Throws POSTGRES_OPTIONS_INVALID. */
export function readPostgresOptions(options: Readonly<Record<string, unknown>>): PostgresOptions {
  const { slot, publication } = options;
  return {
    ...tableName(String(options.table)),
    slot: slot === undefined ? undefined : String(slot),
    publication: publication === undefined ? undefined : String(publication),
    parallel: Number(options.parallel ?? 3),
    rereadsGaps: options.on_gap === 'reread',
    walHeldBytesMax: Number(options.wal_held_max ?? 10_000) * MEGABYTE,
  };
}

function tableName(text: string): Pick<PostgresOptions, 'schema' | 'table'> {
  const parts = text.split('.');
  const [first = '', second] = parts;
  if (parts.length > 2 || first === '' || second === '')
    throw new WharfError(
      'POSTGRES_OPTIONS_INVALID',
      `The option "table: ${text}" does not fit; expected "table" or "schema.table".`,
      { hint: 'Write for example: table: sales.orders' },
    );
  return second === undefined ? { schema: 'public', table: first } : { schema: first, table: second };
}
