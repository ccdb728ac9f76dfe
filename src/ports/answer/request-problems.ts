import { WharfError } from '../../base/errors.ts';
import type { portErrors } from '../errors.ts';
import '../errors.ts';

/** One thing that is wrong with a request. */
export interface RequestProblem {
  readonly code: keyof typeof portErrors;
  /** The query parameter. */
  readonly parameter: string;
  /** Where in the parameter's value, from 1. */
  readonly character?: number;
  /** One sentence with the value quoted. */
  readonly detail: string;
  readonly hint?: string;
}

const QUOTED_LENGTH_MAX = 80;

/** A value as messages quote it: shortened. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > QUOTED_LENGTH_MAX ? `${value.slice(0, QUOTED_LENGTH_MAX)}...` : value);
}

/** Collects everything that is wrong with a request, to tell it at once. */
export class RequestProblems {
  readonly #problems: RequestProblem[] = [];

  add(problem: RequestProblem): void {
    this.#problems.push(problem);
  }

  /** Throws one error with the first problem's code and all of them in `problems`. */
  throwIfAny(): void {
    const [first, ...others] = this.#problems;
    if (!first) return;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    throw new WharfError(first.code, `${first.detail}${more}`, {
      ...(first.hint ? { hint: first.hint } : {}),
      details: { problems: this.#problems },
    });
  }
}
