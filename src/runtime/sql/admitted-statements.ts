/** Statements that were admitted, kept by their text: parsing one takes longer than many of them run. */
import { WharfError } from '../../base/errors.ts';
import { admitStatement, type TableName } from '../../engine/admit/admit-statement.ts';
import type { ParsedSql } from '../../engine/admit/sql-tree.ts';
import type { ColumnNames } from '../../engine/column-names.ts';
import type { GuestCaller, GuestPool } from '../../engine/guest-pool.ts';
import { GUEST_SQL_BYTES_MAX } from '../../engine/limits.ts';
import { type KeyQuestion, keyQuestion } from './by-key/key-question.ts';
import { MACRO_NAMES } from './catalog/sql-macros.ts';
import { needsCatalog, systemTableRule } from './catalog/system-tables.ts';
import { readTree } from './dialect/exact-tree.ts';
import { withPathArrows } from './dialect/json-paths.ts';
import { DIALECT_FUNCTIONS, DIALECT_TABLE_FUNCTIONS, translate } from './dialect/translate.ts';

const KEPT_MAX = 1_000;
/** Longer statements are parsed each time. */
const KEPT_LENGTH_MAX = 8 * 1024;

const FUNCTIONS = new Set([...MACRO_NAMES, ...DIALECT_FUNCTIONS]);
const TABLE_FUNCTIONS = new Set(DIALECT_TABLE_FUNCTIONS);

export interface AdmittedStatement {
  /** As the engine can read it; places in it are those of what was sent. */
  readonly sql: string;
  /** What runs instead of the text, as JSON, where Postgres would read the text differently. */
  readonly tree: string | undefined;
  readonly names: ColumnNames;
  /** The tables that the statement reads, as it names them; common table expressions are not among them. */
  readonly tables: readonly TableName[];
  readonly needsCatalog: boolean;
  /** Where it asks for the row of one key, and runs as it was sent. */
  readonly keyQuestion: KeyQuestion | undefined;
}

export class AdmittedStatements {
  readonly #guests: GuestPool;
  readonly #kept = new Map<string, AdmittedStatement>();

  constructor(guests: GuestPool) {
    this.#guests = guests;
  }

  /** Throws SQL_SYNTAX, SQL_REFUSED; the place in the text is in `details.byte`. */
  async admit(sql: string, caller: GuestCaller): Promise<AdmittedStatement> {
    const kept = this.#kept.get(sql);
    if (kept) return kept;
    const bytes = Buffer.byteLength(sql);
    if (bytes > GUEST_SQL_BYTES_MAX) throw tooLong(bytes);
    if (sql.includes('\0')) throw nulByte();
    const plain = withoutOperatorSchemas(sql);
    const parsed = readTree<ParsedSql>(await this.#guests.parse(withPathArrows(plain), caller));
    const { tables } = admitStatement(parsed, { functions: FUNCTIONS, tableFunctions: TABLE_FUNCTIONS });
    const { tree, names, functions } = translate(parsed, plain, [systemTableRule(tables)]);
    const question = tree === undefined ? keyQuestion(parsed) : undefined;
    const catalog = needsCatalog(tables, functions);
    const admitted = { sql: plain, tree, names, tables, needsCatalog: catalog, keyQuestion: question };
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

/**
 * `a OPERATOR(pg_catalog.~) b` as `a ~ b`, and `::pg_catalog.text` as `::text`, outside of quotes: the engine cannot read these.
 * Blanks fill the room, so that places stay what they were.
 */
function withoutOperatorSchemas(sql: string): string {
  if (!/pg_catalog|operator/i.test(sql)) return sql;
  return sql.replace(
    /'(?:[^']|'')*'|"(?:[^"]|"")*"|\boperator\s*\(\s*(?:pg_catalog\s*\.\s*)?([^\s)\w]+)\s*\)|(::\s*|\bas\s+)pg_catalog\s*\.\s*(?=\w+\s*(?:\)|\[|$|[^.\w\s]|::|\s))/gi,
    (all, operator: string | undefined, before: string | undefined) =>
      (operator ?? before)?.padEnd(all.length) ?? all,
  );
}
