/** The input `sqlite`: the core of query inputs over a copy of the database, which is made for each look. */
import { WharfError } from '../../base/errors.ts';
import type { CaptureContext } from '../../kit/input.ts';
import { type FoundFile, findFiles } from '../file/find-files.ts';
import { defineQueryInput } from '../query/query-input.ts';
import type { NewsRange, QuerySession } from '../query/query-session.ts';
import type { SourceColumn } from '../rows/row-shape.ts';
import { copyOfMoment, missing, removeCopy } from './sqlite-copy.ts';
import { whyUnfit } from './sqlite-files.ts';
import { sqliteToJson } from './sqlite-json.ts';
import type { SqliteRow, SqliteValue } from './sqlite-messages.ts';
import { SqliteThread } from './sqlite-thread.ts';

export const sqliteInput = defineQueryInput({
  name: 'sqlite',
  doc: 'A query to a file of SQLite, asked on a schedule.',
  source: [
    {
      name: 'path',
      type: 'string',
      required: true,
      path: true,
      doc: 'The file of the database. It is copied for each look, so that nobody who writes to it is held up.',
      example: 'data/shop.db',
    },
    {
      name: 'connection',
      type: 'string',
      connectionName: true,
      connectionTypes: ['folder'],
      doc: 'The connection of type folder whose folder the path starts from.',
    },
  ],
  open: (context, sql) => SqliteQuery.open(context, sql),
});

class SqliteQuery implements QuerySession<SqliteValue> {
  readonly columns: readonly SourceColumn<SqliteValue>[];
  readonly #copy: string;
  readonly #thread: SqliteThread;

  private constructor(copy: string, thread: SqliteThread, names: readonly string[]) {
    this.#copy = copy;
    this.#thread = thread;
    this.columns = names.map((name) => ({ name, type: 'any', toJsonFor: sqliteToJson }));
  }

  /** Throws what finding, copying and asking throw. */
  static async open(context: CaptureContext, sql: string): Promise<SqliteQuery> {
    const file = await theFile(context);
    const copy = await copyOfMoment(file, context);
    const thread = new SqliteThread({ file: copy, sql }, context, file.name);
    try {
      const reply = await thread.ask({ kind: 'columns' });
      if (!('columns' in reply)) throw new Error('Invariant broken: an answer to another question');
      return new SqliteQuery(copy, thread, reply.columns);
    } catch (thrown) {
      await thread.close();
      await removeCopy(copy);
      throw thrown;
    }
  }

  async *rows(range?: NewsRange): AsyncGenerator<readonly SqliteRow[]> {
    const from = range?.from === undefined ? {} : { from: valueFrom(range.from) };
    let reply = await this.#thread.ask({ kind: 'ask', ...(range ? { by: range.by, ...from } : {}) });
    while ('rows' in reply && reply.rows.length > 0) {
      yield reply.rows;
      reply = await this.#thread.ask({ kind: 'more' });
    }
  }

  /** JSON. Throws QUERY_OPTIONS_INVALID for bytes. */
  valueText(value: SqliteValue): string {
    if (typeof value !== 'object') return typeof value === 'string' ? JSON.stringify(value) : String(value);
    throw new WharfError('QUERY_OPTIONS_INVALID', 'The column that "by" names holds bytes.', {
      hint: 'Name a column of numbers or texts that grow, or read the answer as a whole.',
    });
  }

  async close(): Promise<void> {
    await this.#thread.close();
    await removeCopy(this.#copy);
  }
}

function valueFrom(text: string): SqliteValue {
  if (text.startsWith('"')) return JSON.parse(text) as string;
  return /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
}

/** Throws SQLITE_MISSING, SQLITE_FAILED, FILE_OUTSIDE, FILE_UNREADABLE. */
async function theFile({ options, baseFolder }: CaptureContext): Promise<FoundFile> {
  const name = String(options.path);
  const files = await findFiles(baseFolder, [name]);
  const [file] = files;
  if (!file) throw missing(name);
  const why = files.length > 1 ? `stands for ${files.length} files` : await whyUnfit(file.path);
  if (why === undefined) return file;
  throw new WharfError('SQLITE_FAILED', `"${name}" ${why}.`, {
    hint: 'Name one file of SQLite 3 in the option "path".',
    place: { file: name },
  });
}
