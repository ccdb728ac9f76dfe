import type { Diagnostic } from './diagnostic.ts';
import './errors.ts';
import { SECRET_IN_CLEAR } from './rules/secret-in-clear.ts';

export interface PrintOptions {
  readonly colour: boolean;
}

/** Lines drawn before and after the one with the problem. */
const LINES_AROUND = 1;
const LINE_LENGTH_MAX = 140;
const TAB = '  ';

/**
 * A problem for people: code and message, the place, the line with its neighbours and a caret, what was expected and
 * received, and a hint. Lines are separated by `\n`, without one at the end.
 */
export function printDiagnostic(
  diagnostic: Diagnostic,
  sources: ReadonlyMap<string, string>,
  options: PrintOptions,
): string {
  const paint = painter(options.colour);
  const { file, line, column } = diagnostic.place;
  const tone = diagnostic.severity === 'error' ? 'red' : 'yellow';
  const head = `${paint(tone, `${diagnostic.severity}[${diagnostic.code}]`)}: ${paint('bold', diagnostic.message)}`;
  const gutter = String(line + LINES_AROUND).length;
  const margin = ' '.repeat(gutter);
  const out = [head, `${margin}${paint('blue', '-->')} ${file}:${line}:${column}`];
  out.push(
    ...drawLines(
      diagnostic,
      sources.get(file),
      gutter,
      (text) => paint('blue', text),
      (text) => paint(tone, text),
    ),
  );
  for (const part of ['expected', 'received', 'hint'] as const) {
    const text = diagnostic[part];
    if (text) out.push(`${margin} ${paint('blue', '=')} ${part}: ${text}`);
  }
  return out.join('\n');
}

type Paint = (text: string) => string;

function drawLines(
  diagnostic: Diagnostic,
  source: string | undefined,
  gutter: number,
  blue: Paint,
  mark: Paint,
): string[] {
  const lines = source?.split(/\r?\n/) ?? [];
  const { line, column } = diagnostic.place;
  if (lines[line - 1] === undefined || source === '') return [];
  const out = [blue(`${' '.repeat(gutter)} |`)];
  for (let at = Math.max(1, line - LINES_AROUND); at <= Math.min(lines.length, line + LINES_AROUND); at++) {
    const text = lines[at - 1] ?? '';
    if (at !== line && text.trim() === '') continue;
    const shown = at === line ? hideSecret(diagnostic, text) : text;
    const cut = window(shown, at === line ? column : 1);
    out.push(`${blue(`${String(at).padStart(gutter)} |`)} ${cut.text}`.trimEnd());
    if (at !== line) continue;
    const width = Math.max(1, Math.min(diagnostic.width ?? 1, shown.length - column + 1));
    const before = ' '.repeat(columnsOf(shown.slice(cut.from, column - 1)) + cut.lead);
    const carets = '^'.repeat(
      Math.max(1, Math.min(columnsOf(shown.slice(column - 1, column - 1 + width)), LINE_LENGTH_MAX)),
    );
    out.push(`${blue(`${' '.repeat(gutter)} |`)} ${before}${mark(carets)}`);
  }
  return out;
}

/** The part of a long line around a column, tabs widened. */
function window(
  line: string,
  column: number,
): { readonly text: string; readonly from: number; readonly lead: number } {
  const from = column <= LINE_LENGTH_MAX ? 0 : column - LINE_LENGTH_MAX / 2;
  const part = line.slice(from, from + LINE_LENGTH_MAX);
  const lead = from > 0 ? '…' : '';
  const tail = from + LINE_LENGTH_MAX < line.length ? '…' : '';
  return { text: lead + part.replaceAll('\t', TAB) + tail, from, lead: lead.length };
}

function columnsOf(text: string): number {
  return text.replaceAll('\t', TAB).length;
}

/** Output ends up in logs: what was called a secret is not repeated there. */
function hideSecret(diagnostic: Diagnostic, line: string): string {
  if (diagnostic.code !== SECRET_IN_CLEAR) return line;
  const start = diagnostic.place.column - 1;
  const end = start + (diagnostic.width ?? 1);
  return line.slice(0, start) + '*'.repeat(Math.max(0, Math.min(end, line.length) - start)) + line.slice(end);
}

const COLOURS = { red: '31', yellow: '33', blue: '34', bold: '1' } as const;

function painter(colour: boolean): (name: keyof typeof COLOURS, text: string) => string {
  return colour ? (name, text) => `\u001b[${COLOURS[name]}m${text}\u001b[0m` : (_name, text) => text;
}

/** A problem for programs: the same members, the place flattened. */
export function diagnosticToJson(diagnostic: Diagnostic): Readonly<Record<string, unknown>> {
  const { code, severity, message, place, width, expected, received, hint } = diagnostic;
  return {
    code,
    severity,
    message,
    file: place.file,
    line: place.line,
    column: place.column,
    width,
    expected,
    received,
    hint,
  };
}
