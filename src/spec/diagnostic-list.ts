import type { Diagnostic } from './diagnostic.ts';
import { ALL_RULES } from './rules/all-rules.ts';
import type { Problem, Rule } from './rules/rule.ts';
import { placeOf } from './source/node.ts';

/** Problems as diagnostics. The same problem may be seen from a node and from a branch of its shape; it is told once. */
export class DiagnosticList {
  readonly list: Diagnostic[] = [];
  readonly #seen = new Set<string>();

  add(rule: Pick<Rule, 'code' | 'hint'>, problem: Problem): void {
    const { at } = problem;
    const identity = `${rule.code} ${at.file.path} ${at.start} ${problem.message}`;
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    this.list.push({
      code: rule.code,
      severity: 'error',
      message: problem.message,
      place: placeOf(at),
      width: at.kind === 'scalar' ? at.file.widthOf(at.start, at.end) : 1,
      ...(problem.expected === undefined ? {} : { expected: problem.expected }),
      ...(problem.received === undefined ? {} : { received: problem.received }),
      hint: problem.hint || rule.hint,
    });
  }
}

/** The rule that answers for what reading a file found. */
export function ruleReading(kind: NonNullable<Rule['reads']>[number]): Rule {
  const rule = ALL_RULES.find((candidate) => candidate.reads?.includes(kind));
  if (!rule) throw new Error(`Invariant broken: no rule answers for "${kind}"`);
  return rule;
}
