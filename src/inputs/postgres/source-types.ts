/** The types of a database, as far as texts of them must be understood. Domains stand for what they are made of. */
import type pg from 'pg';
import type { NamedConnection } from '../../kit/connection.ts';
import { askPostgres } from '../../kit/postgres-client.ts';

export interface SourceType {
  /** `int4`, `numeric`, `timestamptz`, ... */
  readonly name: string;
  readonly kind: 'plain' | 'enum' | 'array';
  /** Of an array. */
  readonly element?: SourceType;
  /** Of an enum, in its order. */
  readonly labels?: readonly string[];
}

interface TypeRow extends Record<string, string | null> {
  readonly name: string;
  readonly kind: string;
  readonly category: string;
  readonly element: string;
  readonly base: string;
  readonly labels: string | null;
}

const TYPE_SQL = `select t.typname as name, t.typtype as kind, t.typcategory as category, t.typelem::text as element,
  t.typbasetype::text as base,
  (select json_agg(e.enumlabel order by e.enumsortorder)::text from pg_enum e where e.enumtypid = t.oid) as labels
  from pg_type t where t.oid = $1::oid`;

/** A type that is gone by now, and is only known by what it printed. */
const GONE: SourceType = { name: 'unknown', kind: 'plain' };

export class SourceTypes {
  readonly #client: pg.Client;
  readonly #connection: NamedConnection;
  readonly #known = new Map<number, SourceType>();

  constructor(client: pg.Client, connection: NamedConnection) {
    this.#client = client;
    this.#connection = connection;
  }

  /** Asks the server for types that were not asked for before. */
  async of(oid: number): Promise<SourceType> {
    const known = this.#known.get(oid);
    if (known) return known;
    const [row] = await askPostgres<TypeRow>(this.#client, this.#connection, TYPE_SQL, [oid]);
    const type = row ? await this.#read(row) : GONE;
    this.#known.set(oid, type);
    return type;
  }

  async #read(row: TypeRow): Promise<SourceType> {
    if (row.kind === 'd') return this.of(Number(row.base));
    if (row.category === 'A' && row.element !== '0')
      return { name: row.name, kind: 'array', element: await this.of(Number(row.element)) };
    if (row.kind === 'e') return { name: row.name, kind: 'enum', labels: JSON.parse(row.labels ?? '[]') };
    return { name: row.name, kind: 'plain' };
  }
}
