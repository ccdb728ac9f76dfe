import type { SqlPositions } from '../../kit/sql.ts';
import { SessionError } from './session-error.ts';

/** What a server tells of itself at the start, and answers to `show`. */
export const SERVER_PARAMETERS: Readonly<Record<string, string>> = {
  server_version: '15.0 (Wharf)',
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
  is_superuser: 'off',
  default_transaction_read_only: 'on',
};

const OTHERS: Readonly<Record<string, string>> = {
  server_version_num: '150000',
  transaction_isolation: 'repeatable read',
  transaction_read_only: 'on',
  search_path: '"$user", public',
  max_identifier_length: '63',
  statement_timeout: '30s',
};

const DEFAULTS: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...SERVER_PARAMETERS, ...OTHERS }).map(([name, value]) => [name.toLowerCase(), value]),
);

/** Clients set these for a server's sake; they change nothing here, and are told back. */
const HARMLESS =
  /^(application_name|client_min_messages|datestyle|intervalstyle|extra_float_digits|client_encoding|bytea_output|lock_timeout|statement_timeout|idle_in_transaction_session_timeout|row_security|search_path|session|transaction|standard_conforming_strings|synchronize_seqscans|default_transaction_read_only|jit|names)$/;

const OWN: ReadonlySet<string> = new Set(['wharf.at', 'wharf.purpose']);

export class SessionSettings {
  readonly #set = new Map<string, string>();
  #positions: SqlPositions = {};

  /** Where statements read: `set wharf.at`. */
  get at(): string | undefined {
    return this.#set.get('wharf.at') || undefined;
  }

  /** What for: `set wharf.purpose`. */
  get purpose(): string | undefined {
    return this.#set.get('wharf.purpose') || undefined;
  }

  /** Schemas in which names are looked for; undefined while the client sets none. */
  get searchPath(): readonly string[] | undefined {
    const path = this.#set.get('search_path');
    const schemas = (path ?? '')
      .split(',')
      .map((part) => part.trim().replace(/^["'](.*)["']$/, '$1'))
      .filter((schema) => !/^(|\$user|public|pg_catalog)$/.test(schema));
    return schemas.length === 0 ? undefined : schemas;
  }

  notePositions(positions: SqlPositions): void {
    this.#positions = positions;
  }

  /** Throws SessionError. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    if (key === 'timezone' && !/^['"]?(utc|gmt|default|local|etc\/utc)['"]?$/i.test(value))
      throw new SessionError(
        '22023',
        `Times are given in UTC; received the time zone "${value}".`,
        `Convert in the statement: at time zone '${value}'.`,
      );
    if (!OWN.has(key) && key !== 'timezone' && !HARMLESS.test(key))
      throw new SessionError(
        '42704',
        `There is no setting "${name}" here.`,
        'Those of your own are wharf.at, wharf.purpose and application_name.',
      );
    if (/^default$/i.test(value)) this.#set.delete(key);
    else this.#set.set(key, value);
  }

  reset(name: string): void {
    if (name.toLowerCase() === 'all') this.#set.clear();
    else this.#set.delete(name.toLowerCase());
  }

  /** Throws SessionError. */
  show(name: string): string {
    const key = name.toLowerCase();
    if (key === 'wharf.position') {
      const told = Object.entries(this.#positions);
      return told.length === 1
        ? String(told[0]?.[1])
        : told.map(([id, position]) => `${id}=${position}`).join(', ');
    }
    if (OWN.has(key)) return this.#set.get(key) ?? '';
    const value = this.#set.get(key) ?? DEFAULTS.get(key);
    if (value === undefined && !HARMLESS.test(key))
      throw new SessionError('42704', `There is no setting "${name}" here.`);
    return value ?? '';
  }
}
