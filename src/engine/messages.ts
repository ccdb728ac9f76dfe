/** What crosses between an engine and its process. */
import type { EngineColumn, EngineResult, EngineValue, StatementProgress } from './engine.ts';

export interface EngineSettings {
  /** Shown as the process's title. */
  readonly role: 'trusted' | 'reader';
  /** The engine spills here. The process removes and creates it at start. */
  readonly spillFolder: string;
  readonly memoryMb: number;
  readonly threads: number;
}

/** Work for one connection. */
export type EngineTask =
  | {
      readonly kind: 'run';
      readonly statements: readonly string[];
      readonly params: readonly EngineValue[];
      /** Somebody wants to know how far it is. */
      readonly watched: boolean;
      /** It reads and writes little (see `RunOptions.small`). */
      readonly small: boolean;
      /** Its one statement comes again (see `RunOptions.kept`). */
      readonly kept: boolean;
    }
  | { readonly kind: 'describe'; readonly query: string; readonly setup: readonly string[] }
  | {
      readonly kind: 'arrow';
      readonly query: string;
      readonly file: string;
      readonly params: readonly EngineValue[];
    };

export type EngineRequest =
  /** The first message of every process. */
  | { readonly kind: 'open'; readonly settings: EngineSettings }
  | { readonly kind: 'task'; readonly id: number; readonly task: EngineTask }
  | { readonly kind: 'interrupt'; readonly id: number }
  | { readonly kind: 'rss'; readonly id: number };

/** Why a task failed, in the engine's words. */
export interface EngineFailure {
  /** DuckDB's class of the error (`Parser`, `Binder`, `Conversion`, `Out of Memory`, `INTERRUPT`, ...) or a code of ours. */
  readonly type: string;
  readonly message: string;
  /** Of an error of ours. */
  readonly hint?: string;
  readonly sqlState?: string;
  /** Where in the statement, in UTF-16 code units from 0. */
  readonly position?: number;
  /** The database is of no use any more; the process ends after this message. */
  readonly fatal?: boolean;
}

/** The answer of each kind of task: rows, columns, or nothing. */
export type TaskAnswer = EngineResult | readonly EngineColumn[] | undefined;

export type EngineReply =
  | { readonly kind: 'ready' }
  /** The database could not be opened; the process ends after this message. */
  | { readonly kind: 'unopened'; readonly message: string }
  | { readonly kind: 'rss'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: StatementProgress }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: TaskAnswer }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: EngineFailure };
