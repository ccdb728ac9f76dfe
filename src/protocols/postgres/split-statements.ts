/**
 * Cuts a text into its statements, at semicolons outside of quotes, comments and parentheses. Places in a statement are told from
 * the beginning of the text that it came in, so each says where it begins.
 */

export interface StatementText {
  readonly sql: string;
  /** UTF-16 code units before it. */
  readonly at: number;
}

/** What a semicolon may stand in, or what one is; each alternative takes all that it can. */
const TOKEN =
  /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|--[^\n]*|\/\*|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|;/g;
/** Backslashes escape in these. */
const ESCAPED = /'(?:[^'\\]|''|\\[\s\S])*(?:'|$)/y;

/** Statements that are more than white space, in their order. */
export function splitStatements(text: string): readonly StatementText[] {
  const found: StatementText[] = [];
  let start = 0;
  const token = new RegExp(TOKEN);
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [symbol] = match;
    if (symbol === ';') {
      found.push({ sql: text.slice(start, match.index), at: start });
      start = match.index + 1;
    } else token.lastIndex = endOf(text, match.index, symbol);
  }
  found.push({ sql: text.slice(start), at: start });
  return found.filter(({ sql }) => !isBlank(sql));
}

function endOf(text: string, at: number, symbol: string): number {
  if (symbol === '/*') return commentEnd(text, at);
  if (symbol.startsWith('$')) {
    // A dollar behind a word is part of it.
    if (/[\w$\u0080-\uffff]/.test(text[at - 1] ?? '')) return at + 1;
    const end = text.indexOf(symbol, at + symbol.length);
    return end < 0 ? text.length : end + symbol.length;
  }
  if (symbol.startsWith("'") && /[eE]/.test(text[at - 1] ?? '') && !/[\w$]/.test(text[at - 2] ?? '')) {
    ESCAPED.lastIndex = at;
    return at + (ESCAPED.exec(text)?.[0].length ?? symbol.length);
  }
  return at + symbol.length;
}

/** Comments may hold comments. */
function commentEnd(text: string, at: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = at;
  let depth = 0;
  for (let match = edge.exec(text); match; match = edge.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return text.length;
}

function isBlank(sql: string): boolean {
  return /^(\s|--[^\n]*(\n|$)|\/\*(?:(?!\/\*|\*\/)[\s\S])*\*\/)*$/.test(sql);
}
