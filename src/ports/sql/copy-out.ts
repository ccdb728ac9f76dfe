/** `copy (select ...) to stdout`: rows as text or CSV. */
import { SessionError } from './session-error.ts';

export interface CopyFormat {
  readonly csv: boolean;
  readonly header: boolean;
  readonly delimiter: string;
  /** What stands for a null. */
  readonly nullText: string;
  readonly quote: string;
}

/** `with (format csv, header)`, and the older `csv header`. Throws SessionError. */
export function copyFormat(options: string): CopyFormat {
  const said = new Map<string, string>();
  const words = options.replace(/^\s*with\b/i, '').replace(/^\s*\(([\s\S]*)\)\s*$/, '$1');
  const option =
    /(?:(format)\s+(\w+)|([a-z_]+)(?:\s+(?:as\s+)?(e?'(?:[^']|'')*'|(?!csv\b|header\b|binary\b|delimiter\b|null\b|quote\b)[a-z0-9_]+))?)\s*,?\s*/iy;
  option.lastIndex = words.search(/\S|$/);
  while (option.lastIndex < words.length) {
    const match = option.exec(words);
    if (!match) throw new SessionError('42601', `The options "${options.trim()}" of COPY cannot be read.`);
    const [, format, kind, name = format ?? '', value = kind ?? ''] = match;
    said.set(name.toLowerCase(), unquoted(value));
  }
  for (const [name, value] of said) refuseUnknown(name, value);
  const csv = said.has('csv') || said.get('format')?.toLowerCase() === 'csv';
  const header = said.get('header');
  return {
    csv,
    header: header !== undefined && !/^(false|off|0)$/i.test(header),
    delimiter: said.get('delimiter') ?? (csv ? ',' : '\t'),
    nullText: said.get('null') ?? (csv ? '' : '\\N'),
    quote: said.get('quote') ?? '"',
  };
}

function refuseUnknown(name: string, value: string): void {
  const isFormat = name === 'format' && /^(csv|text)$/i.test(value);
  const isText = ['delimiter', 'quote'].includes(name) && value.length === 1;
  const isKnown =
    ['csv', 'header', 'null'].includes(name) || (name === 'encoding' && /^utf-?8$/i.test(value));
  if (isFormat || isText || isKnown) return;
  throw new SessionError(
    '0A000',
    `The option "${name}${value === '' ? '' : ` ${value}`}" of COPY is not available here.`,
    'COPY writes format text or csv, with header, delimiter, null and quote.',
  );
}

function unquoted(text: string): string {
  if (/^e'/i.test(text)) return text.slice(2, -1).replaceAll('\\t', '\t').replaceAll("''", "'");
  return text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

export function copyLine(cells: readonly (string | null)[], format: CopyFormat): string {
  const cell = format.csv ? csvCell : textCell;
  const texts = cells.map((text) => (text === null ? format.nullText : cell(text, format)));
  return `${texts.join(format.delimiter)}\n`;
}

function textCell(cell: string, { delimiter }: CopyFormat): string {
  const escaped = cell.replace(/[\\\b\f\n\r\t\v]/g, (c) => ESCAPES[c] ?? c);
  return delimiter === '\t' ? escaped : escaped.replaceAll(delimiter, `\\${delimiter}`);
}

/** A cell that would be taken for a null is quoted, and so is the end of the old protocol's data. */
function csvCell(cell: string, { delimiter, quote, nullText }: CopyFormat): string {
  const isPlain =
    ![delimiter, quote, '\r', '\n'].some((c) => cell.includes(c)) && cell !== nullText && cell !== '\\.';
  return isPlain ? cell : `${quote}${cell.replaceAll(quote, quote + quote)}${quote}`;
}
