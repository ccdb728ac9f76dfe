import { RE2JS } from 're2js';
import { messageOf } from '../../base/errors.ts';
import { textOf } from '../source/node.ts';
import { fieldExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

/** What backtracking engines have and linear-time ones cannot, most telling first. */
const CONSTRUCTS: readonly (readonly [RegExp, string])[] = [
  [/\(\?=/, 'a look-ahead "(?=...)"'],
  [/\(\?!/, 'a negative look-ahead "(?!...)"'],
  [/\(\?<=/, 'a look-behind "(?<=...)"'],
  [/\(\?<!/, 'a negative look-behind "(?<!...)"'],
  [/\(\?>/, 'an atomic group "(?>...)"'],
  [/\\[1-9]/, 'a back-reference such as "\\1"'],
  [/\\k[<{']/, 'a named back-reference "\\k<...>"'],
  [/[*+?}]\+/, 'a possessive quantifier such as "*+"'],
  [/\(\?\(/, 'a condition "(?(...)...)"'],
  [/\(\?(R|&|[0-9])/, 'a recursion "(?R)"'],
];

export const patternLinear: Rule = {
  code: 'SPEC_PATTERN',
  law: 'A pattern is a regular expression that can be matched in linear time (RE2).',
  hint: 'Rewrite it without that construct; a pattern may be combined with length and enum.',
  bad: fieldExample('{ type: string, pattern: "^(?=.*[0-9])[A-Z0-9]+$" }'),
  good: fieldExample('{ type: string, pattern: "^[A-Z]*[0-9][A-Z0-9]*$" }'),
  visit(node, shape, report) {
    const text = textOf(node);
    if (shape.kind !== 'text' || shape.form !== 'pattern' || text === undefined) return;
    const why = whyNotLinear(text);
    if (why === undefined) return;
    report({
      at: node,
      message: `The pattern "${text}" ${why}.`,
      expected: 'a regular expression of RE2 syntax, of at most 1,000 characters',
      received: `"${text}"`,
    });
  },
};

const PATTERN_LENGTH_MAX = 1_000;

/** Why the pattern cannot be used; undefined when it can. */
function whyNotLinear(pattern: string): string | undefined {
  if (pattern.length === 0) return 'is empty and would match everything';
  if (pattern.length > PATTERN_LENGTH_MAX) return `has ${pattern.length} characters`;
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (thrown) {
    const found = CONSTRUCTS.find(([construct]) => construct.test(pattern));
    if (found) return `uses ${found[1]}, which needs backtracking`;
    return `cannot be compiled: ${messageOf(thrown).replace(/^error parsing regexp: /, '')}`;
  }
}
