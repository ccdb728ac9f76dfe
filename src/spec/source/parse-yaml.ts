import { Composer, type CST, type Document, Lexer, Parser } from 'yaml';
import { NODE_DEPTH_MAX, type YamlProblems } from './yaml-problems.ts';

/** A file that is broken all over needs no hundred messages. */
const SYNTAX_PROBLEMS_MAX = 10;
/** The parser stacks one token a level, and a few for the document and the scalar at hand. */
const PARSER_STACK_MAX = NODE_DEPTH_MAX + 8;

// Positions are ours to compute, duplicate keys ours to report: both are costly in the package.
const COMPOSER_OPTIONS = {
  keepSourceTokens: false,
  logLevel: 'silent',
  merge: false,
  prettyErrors: false,
  schema: 'core',
  uniqueKeys: false,
} as const;

/** The one document of a text; undefined when there is none, or a problem says why it cannot be read. */
export function parseYaml(text: string, problems: YamlProblems): Document.Parsed | undefined {
  const tokens = readTokens(text, problems);
  if (!tokens) return undefined;
  const [document, second] = new Composer(COMPOSER_OPTIONS).compose(tokens, true, text.length);
  if (!document) return undefined;
  if (document.directives?.yaml.explicit) {
    const message = 'A YAML directive ("%YAML") is not allowed.';
    problems.feature(0, 1, message, 'Remove it: specs are always YAML 1.2.');
  }
  for (const error of document.errors.slice(0, SYNTAX_PROBLEMS_MAX)) {
    const [start, end] = error.pos;
    const message = `The YAML cannot be read: ${error.message.replace(/\.$/, '')}.`;
    const hint = 'Check indentation, colons and quotes on this line and the line before.';
    problems.syntax(start, Math.max(end, start + 1), message, hint);
  }
  if (second && document.errors.length === 0) {
    const start = second.range[0];
    const hint = 'Give every product a file of its own and remove the "---" line.';
    problems.syntax(start, start + 1, 'The file holds more than one YAML document.', hint);
  }
  return second || document.errors.length > 0 ? undefined : document;
}

/**
 * The concrete syntax tree; undefined when it is nested too deep. The parser is iterative, but composing is recursive
 * and a large flow nesting exhausts the memory of the whole process there, so depth is bounded before.
 */
function readTokens(text: string, problems: YamlProblems): CST.Token[] | undefined {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > PARSER_STACK_MAX) {
      problems.tooDeep(parser.offset);
      return undefined;
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}
