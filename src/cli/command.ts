/** What a command is: declared arguments, and one run whose result is printed as text or as JSON. */
import type { Registries } from '../kit/registry.ts';
import type { Terminal } from './terminal.ts';

export interface Argument {
  /** `<name>` must be given, `[name]` may be. */
  readonly name: string;
  readonly doc: string;
}

export interface Option {
  /** As commander writes it: `--port <number>`. */
  readonly flags: string;
  readonly doc: string;
  readonly default?: string | boolean;
  /** May be given several times. */
  readonly repeat?: boolean;
}

export interface CommandContext {
  readonly registries: Registries;
  readonly terminal: Terminal;
  readonly arguments: readonly (string | undefined)[];
  readonly options: Readonly<Record<string, unknown>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** 0: fine; 1: the answer is no. Misuse (2) is thrown as a UsageError. */
export type ExitCode = 0 | 1;

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly arguments?: readonly Argument[];
  readonly options?: readonly Option[];
  /** Shown below the help. */
  readonly examples?: readonly string[];
  run(context: CommandContext): Promise<ExitCode>;
}

/** The command was called in a way that it cannot be: exit 2. */
export class UsageError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}
