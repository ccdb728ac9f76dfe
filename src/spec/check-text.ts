/** Reads one YAML file of a mesh that is no spec (a fixture, say) by its own grammar, with the same rules and the same messages. */
import { type Diagnostic, orderDiagnostics } from './diagnostic.ts';
import { DiagnosticList, ruleReading } from './diagnostic-list.ts';
import type { Shape } from './grammar/shape.ts';
import { walkShape } from './grammar/walk-shape.ts';
import { ALL_RULES } from './rules/all-rules.ts';
import type { SpecNode } from './source/node.ts';
import { readYaml } from './source/read-yaml.ts';
import type { SpecFile } from './source/spec-file.ts';

export interface CheckedText {
  /** Undefined when the text is not one YAML document. */
  readonly root: SpecNode | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Never throws for what the text holds. */
export function checkText(file: SpecFile, grammar: Shape): CheckedText {
  const found = new DiagnosticList();
  const { root, problems } = readYaml(file);
  for (const { kind, ...problem } of problems) found.add(ruleReading(kind), problem);
  if (root) {
    walkShape(root, grammar, (node, shape) => {
      for (const rule of ALL_RULES) rule.visit?.(node, shape, (problem) => found.add(rule, problem));
    });
  }
  return { root, diagnostics: orderDiagnostics(found.list) };
}
