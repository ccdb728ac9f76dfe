/** Completion of names in the interactive `wharf sql`: words of the language, schemas, tables, and columns. */

export interface NamedTable {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/** At most so many suggestions are shown. */
const SHOWN_MAX = 100;

const WORDS = [
  ...[
    'select',
    'from',
    'where',
    'group by',
    'order by',
    'limit',
    'having',
    'join',
    'left join',
    'on',
    'as',
    'and',
    'or',
    'not',
  ],
  ...[
    'distinct',
    'count(',
    'sum(',
    'avg(',
    'min(',
    'max(',
    'case',
    'when',
    'then',
    'else',
    'end',
    'between',
    'in',
    'is null',
    'desc',
  ],
];

/** What may stand in place of the last word of the line, and that word; `before` is what was typed on earlier lines. */
export function completions(line: string, before: string, tables: readonly NamedTable[]): [string[], string] {
  const word = /[\w.]*$/.exec(line)?.[0] ?? '';
  const candidates = word.includes('.') ? membersOf(word, tables) : namesFor(`${before}${line}`, tables);
  const wanted = word.toLowerCase();
  const matching = candidates.filter((name) => name.toLowerCase().startsWith(wanted));
  return [[...new Set(matching)].slice(0, SHOWN_MAX), word];
}

/** `flights.` is followed by its tables, and `flights.departures.` or `departures.` by columns. */
function membersOf(word: string, tables: readonly NamedTable[]): string[] {
  const owner = word.slice(0, word.lastIndexOf('.')).toLowerCase();
  return tables.flatMap(({ schema, table, columns }) => {
    if (schema === owner) return [`${schema}.${table}`];
    const isTable = table === owner || `${schema}.${table}` === owner;
    return isTable ? columns.map((column) => `${owner}.${column}`) : [];
  });
}

/** Columns of the tables that the statement names come first. */
function namesFor(statement: string, tables: readonly NamedTable[]): string[] {
  const text = statement.toLowerCase();
  const named = tables.filter(
    ({ schema, table }) => text.includes(`${schema}.${table}`) || new RegExp(`\\b${table}\\b`).test(text),
  );
  const schemas = tables.map(({ schema }) => `${schema}.`);
  return [
    ...named.flatMap(({ columns }) => columns),
    ...schemas,
    ...tables.map(({ table }) => table),
    ...WORDS,
  ];
}
