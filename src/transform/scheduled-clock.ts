/** What the engine's clock functions are while a transform on a schedule runs: the instant that was due. */

const INSTANTS = ['now', 'current_timestamp', 'get_current_timestamp', 'transaction_timestamp'];
const DATES = ['today', 'current_date'];
const LOCAL = ['localtimestamp', 'current_localtimestamp'];

/** Statements that put macros, for this connection, in the place of the functions. Those that are left out stay refused. */
export function scheduledClockSql(dueMs: number): string[] {
  const instant = `make_timestamptz(${dueMs * 1_000})`;
  const local = `make_timestamp(${dueMs * 1_000})`;
  const macro = (value: string) => (name: string) => `create temp macro ${name}() as ${value}`;
  return [
    ...INSTANTS.map(macro(instant)),
    ...DATES.map(macro(`cast(${local} as date)`)),
    ...LOCAL.map(macro(local)),
  ];
}
