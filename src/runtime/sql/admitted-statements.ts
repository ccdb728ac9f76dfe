/** Statements that were admitted, kept by their text: parsing one takes longer than many of them run. */
import { WharfError } from '../../base/errors.ts';
import { type Admission, admitStatement } from '../../engine/admit/admit-statement.ts';
import type { ParsedSql } from '../../engine/admit/sql-tree.ts';
import type { GuestCaller, GuestPool } from '../../engine/guest-pool.ts';
import { GUEST_SQL_BYTES_MAX } from '../../engine/limits.ts';
import { MACRO_NAMES } from './sql-macros.ts';

const KEPT_MAX = 1_000;
/** Longer statements are parsed each time. */
const KEPT_LENGTH_MAX = 8 * 1024;

export interface AdmittedStatement extends Admission {
  /** The parse tree, as the engine's JSON. */
  readonly tree: string;
  /** The statement speaks as only Postgres does: what runs is not its text, but its tree, rewritten. */
  readonly isForeign: boolean;
}

export class AdmittedStatements {
  readonly #guests: GuestPool;
  readonly #kept = new Map<string, AdmittedStatement>();

  constructor(guests: GuestPool) {
    this.#guests = guests;
  }

  /** Throws SQL_SYNTAX, SQL_REFUSED; the place in the text is in `details.position`, from 0. */
  async admit(sql: string, caller: GuestCaller): Promise<AdmittedStatement> {
    const kept = this.#kept.get(sql);
    if (kept) return kept;
    const bytes = Buffer.byteLength(sql);
    if (bytes > GUEST_SQL_BYTES_MAX) throw tooLong(bytes);
    if (sql.includes('\0')) throw nulByte();
    const plain = withoutOperatorSchemas(sql);
    const tree = await this.#guests.parse(plain, caller);
    const admission = admitStatement(JSON.parse(tree) as ParsedSql, { functions: MACRO_NAMES });
    const admitted = { ...admission, tree, isForeign: /pg_catalog/i.test(sql) };
    if (sql.length <= KEPT_LENGTH_MAX) this.#keep(sql, admitted);
    return admitted;
  }

  #keep(sql: string, admitted: AdmittedStatement): void {
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < KEPT_MAX) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(sql, admitted);
  }
}

function tooLong(bytes: number): WharfError {
  return new WharfError(
    'SQL_REFUSED',
    `The statement has ${bytes} bytes, and may have ${GUEST_SQL_BYTES_MAX}.`,
    {
      hint: 'Join with a table instead of listing values.',
      details: { sqlState: '54000' },
    },
  );
}

function nulByte(): WharfError {
  return new WharfError('SQL_SYNTAX', 'The statement holds a character U+0000.', {
    details: { sqlState: '22021' },
  });
}

/** `a OPERATOR(pg_catalog.~) b` as `a ~ b`, and `::pg_catalog.text` as `::text`, outside of quotes: the engine cannot read these. */
function withoutOperatorSchemas(sql: string): string {
  return sql.replace(
    /'(?:[^']|'')*'|"(?:[^"]|"")*"|\boperator\s*\(\s*pg_catalog\s*\.\s*([^\s)\w]+)\s*\)|::\s*pg_catalog\s*\.\s*(\w+)/gi,
    (all, operator: string | undefined, type: string | undefined) =>
      operator ?? (type === undefined ? all : `::${type}`),
  );
}
