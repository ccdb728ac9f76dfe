/** Where a command writes: results on standard output, everything else on standard error. */
import { styleText } from 'node:util';
import { formatCount } from '../base/duration.ts';
import { messageOf, WharfError } from '../base/errors.ts';

type Style = Parameters<typeof styleText>[0];

const PROGRESS_AFTER_MS = 1_000;
const PROGRESS_EVERY_MS = 200;

export interface TerminalOptions {
  readonly json: boolean;
  readonly out: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  readonly err: NodeJS.WritableStream & { isTTY?: boolean };
}

export class Terminal {
  readonly json: boolean;
  readonly #options: TerminalOptions;
  #progressShown = false;
  #progressAtMs = 0;

  constructor(options: TerminalOptions) {
    this.json = options.json;
    this.#options = options;
  }

  get colour(): boolean {
    return this.#options.out.isTTY === true && process.env.NO_COLOR === undefined && !this.json;
  }

  get columns(): number {
    return this.#options.out.columns ?? 100;
  }

  /** A line of the result. */
  print(text = ''): void {
    this.#clearProgress();
    this.#options.out.write(`${text}\n`);
  }

  /** The result for programs. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, undefined, 2));
  }

  /** A line beside the result. */
  note(text: string): void {
    this.#clearProgress();
    this.#options.err.write(`${text}\n`);
  }

  style(style: Style, text: string): string {
    return this.colour ? styleText(style, text, { validateStream: false }) : text;
  }

  /** The error, for people or for programs. */
  fail(thrown: unknown): void {
    const known = thrown instanceof WharfError ? thrown : undefined;
    const hint = known?.hint ?? (thrown as { hint?: string }).hint;
    if (this.json) {
      this.printJson({
        error: {
          code: known?.code ?? 'USAGE',
          message: messageOf(thrown),
          ...(hint ? { hint } : {}),
          ...known?.details,
        },
      });
      return;
    }
    this.note(`${this.style('red', 'error')}${known ? ` ${known.code}` : ''}: ${messageOf(thrown)}`);
    if (hint) this.note(`  ${this.style('dim', hint)}`);
  }

  /** One line that is written over, only on a terminal, and only once the work has taken longer than a second. */
  busy(startedMs: number, line: string): void {
    if (!this.#options.err.isTTY || this.json || Date.now() - startedMs < PROGRESS_AFTER_MS) return;
    if (Date.now() - this.#progressAtMs < PROGRESS_EVERY_MS) return;
    this.#progressAtMs = Date.now();
    this.#options.err.write(`\r\u001b[2K${line}`);
    this.#progressShown = true;
  }

  #clearProgress(): void {
    if (!this.#progressShown) return;
    this.#progressShown = false;
    this.#options.err.write('\r\u001b[2K');
  }
}

/** Columns padded to their widest cell; numbers to the right. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? formatCount(cell) : cell)));
  const widths = header.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const isNumber = header.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(header), ...cells.map(line)];
}
