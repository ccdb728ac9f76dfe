import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { TableInfo } from './use-tables.ts';

/** The columns of all tables that a statement names. What stands after a dot is completed by the language itself. */
export function completeColumns(tables: readonly TableInfo[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/\w*/);
    if (!word || (word.text === '' && !context.explicit)) return null;
    if (context.state.sliceDoc(Math.max(0, word.from - 1), word.from) === '.') return null;
    const named = new Set(
      context.state.doc
        .toString()
        .toLowerCase()
        .match(/\w+\.\w+/g),
    );
    const columns = tables
      .filter(({ schema, table }) => named.has(`${schema}.${table}`))
      .flatMap((table) => table.columns);
    const options = new Map<string, Completion>(
      columns.map(({ name, type }) => [
        name,
        { label: name, detail: type.toLowerCase(), type: 'property', boost: 1 },
      ]),
    );
    return { from: word.from, options: [...options.values()], validFor: /^\w*$/ };
  };
}
