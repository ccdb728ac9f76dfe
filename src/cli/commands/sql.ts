import { createInterface, type Interface } from 'node:readline/promises';
import { messageOf } from '../../base/errors.ts';
import { asProblem } from '../as-problem.ts';
import { type Command, type CommandContext, UsageError } from '../command.ts';
import { connect } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';
import { completions, type NamedTable } from '../sql-completion.ts';
import { readHistory, writeHistory } from '../sql-history.ts';
import { formatTable, type Terminal } from '../terminal.ts';

/** Rows that a table on a terminal shows; `--csv` and `--json` give all. */
const SHOWN_ROWS_MAX = 1_000;
const HISTORY_MAX = 500;
const PROMPT = 'wharf> ';
const PROMPT_MORE = '   ...> ';

interface Statement {
  readonly sql: string;
  readonly at: string | undefined;
}

type Ask = (statement: Statement, accept: string) => Promise<Response>;

export const sqlCommand: Command = {
  name: 'sql',
  summary: 'ask the products of a mesh, in SQL',
  arguments: [{ name: '[statement]', doc: 'one SELECT; asked for line by line when left out' }],
  options: [
    MESH_OPTION,
    DATA_OPTION,
    { flags: '--at <where>', doc: 'the position or time to read at' },
    { flags: '--csv', doc: 'print the rows as CSV' },
  ],
  examples: [
    'wharf sql "select origin, count(*) from flights.departures group by 1 order by 2 desc"',
    'wharf sql "select * from flights.routes" --csv > routes.csv',
  ],
  async run(context) {
    const connection = await connect(context);
    const at = context.options.at === undefined ? undefined : String(context.options.at);
    const ask: Ask = async (statement, accept) => {
      const response = await connection.fetch('/api/sql', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: accept },
        body: JSON.stringify(statement),
        signal: context.signal,
      });
      if (!response.ok) throw await asProblem(response);
      return response;
    };
    try {
      const [sql] = context.arguments;
      if (sql === undefined) await talk(ask, at, context);
      else await answer(ask, { sql, at }, context);
      return 0;
    } finally {
      await connection.close();
    }
  },
};

async function answer(ask: Ask, statement: Statement, context: CommandContext): Promise<void> {
  const { terminal, options } = context;
  if (options.csv === true || terminal.json) {
    const response = await ask(statement, options.csv === true ? 'text/csv' : 'application/json');
    const decoder = new TextDecoder();
    let text = '';
    for await (const part of response.body ?? []) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      const end = text.lastIndexOf('\n');
      if (end < 0) continue;
      terminal.print(text.slice(0, end).replaceAll('\r\n', '\n').trimEnd());
      text = text.slice(end + 1);
    }
    if (text !== '') terminal.print(text);
    return;
  }
  await printTable(await ask(statement, 'application/x-ndjson'), terminal);
}

/** The texts of the values are shown as they came: a number is never read. */
async function printTable(response: Response, terminal: Terminal): Promise<void> {
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  const rows = lines.slice(0, SHOWN_ROWS_MAX).map(membersOf);
  const header = rows[0]?.map(([name]) => name) ?? [];
  const cells = rows.map((row) => row.map(([, text]) => text));
  for (const line of formatTable(header, cells)) terminal.print(line);
  const more = lines.length > SHOWN_ROWS_MAX ? `, the first ${SHOWN_ROWS_MAX} are shown` : '';
  const position = response.headers.get('wharf-position');
  terminal.note(`${lines.length} rows${more}${position === null ? '' : `, at ${position}`}`);
}

/** The members of a JSON object as their texts; texts themselves without quotes. */
function membersOf(line: string): [string, string][] {
  const members: [string, string][] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
  let depth = 0;
  let name: string | undefined;
  let value = '';
  for (const [text] of line.matchAll(token)) {
    const closes = text === '}' || text === ']';
    if (closes) depth -= 1;
    if (depth === 0 && text === '}') break;
    if (depth === 1 && text === ':' && name === undefined) {
      name = String(JSON.parse(value));
      value = '';
    } else if (depth === 1 && text === ',') {
      members.push([name ?? '', shown(value)]);
      [name, value] = [undefined, ''];
    } else if (depth > 0) value += text;
    if (text === '{' || text === '[') depth += 1;
  }
  if (name !== undefined) members.push([name, shown(value)]);
  return members;
}

function shown(text: string): string {
  if (text === 'null') return '';
  return text.startsWith('"') ? String(JSON.parse(text)) : text;
}

/** Statements end with a semicolon; `\\q` or the end of the input ends. A terminal has history, and completes names. */
async function talk(ask: Ask, at: string | undefined, context: CommandContext): Promise<void> {
  if (context.terminal.json) throw new UsageError('--json needs a statement.', 'wharf sql "select 1" --json');
  const isTerminal = process.stdin.isTTY === true;
  let sql = '';
  const lines = isTerminal ? await terminalLines(ask, () => sql) : createInterface({ input: process.stdin });
  if (isTerminal) lines.prompt();
  for await (const line of lines) {
    if (line.trim() === '\\q') break;
    sql += `${line}\n`;
    if (line.trimEnd().endsWith(';')) {
      await answer(ask, { sql, at }, context).catch((error: unknown) => {
        if (!isTerminal) throw error;
        context.terminal.note(`error: ${messageOf(error)}`);
      });
      sql = '';
    }
    if (isTerminal) {
      lines.setPrompt(sql.trim() === '' ? PROMPT : PROMPT_MORE);
      lines.prompt();
    }
  }
  if (sql.trim() !== '') await answer(ask, { sql, at }, context);
  lines.close();
}

async function terminalLines(ask: Ask, before: () => string): Promise<Interface> {
  const tables = await tablesOf(ask);
  const history = await readHistory();
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    historySize: HISTORY_MAX,
    history,
    removeHistoryDuplicates: true,
    prompt: PROMPT,
    completer: (line: string) => completions(line, before(), tables),
  });
  lines.on('history', (kept: string[]) => writeHistory(kept));
  return lines;
}

/** What can be completed; a mesh whose catalog cannot be read is asked all the same. */
async function tablesOf(ask: Ask): Promise<readonly NamedTable[]> {
  const sql = `select table_schema, table_name, array_agg(column_name order by ordinal_position) as columns
    from information_schema.columns group by all`;
  const response = await ask({ sql, at: undefined }, 'application/json');
  const { rows } = (await response.json()) as {
    rows: { table_schema: string; table_name: string; columns: string[] }[];
  };
  return rows.map(({ table_schema, table_name, columns }) => ({
    schema: table_schema,
    table: table_name,
    columns,
  }));
}
