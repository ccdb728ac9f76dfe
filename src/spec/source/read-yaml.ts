/**
 * One spec file's text into nodes.
 *
 * The `yaml` package parses; what it allows and we do not (aliases, anchors, tags, merge keys, directives, several
 * documents, keys that are no scalars, keys written twice, nesting beyond NODE_DEPTH_MAX) is refused here, so that
 * no rule has to think of it.
 */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  Parser,
  type Scalar,
  type YAMLError,
} from 'yaml';
import type { ListNode, MapEntry, MapNode, ScalarNode, SpecNode } from './node.ts';
import type { SpecFile } from './spec-file.ts';

export const NODE_DEPTH_MAX = 64;
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

export type YamlProblemKind = 'syntax' | 'feature' | 'duplicate-key' | 'depth';

export interface YamlProblem {
  readonly kind: YamlProblemKind;
  readonly at: ScalarNode;
  readonly message: string;
  readonly hint: string;
}

export interface YamlResult {
  /** Undefined when the text is not one YAML document. */
  readonly root: SpecNode | undefined;
  readonly problems: readonly YamlProblem[];
}

/** Reads a file's text; never throws for what the text holds. */
export function readYaml(file: SpecFile): YamlResult {
  const reader = new YamlReader(file);
  const document = reader.parse();
  const root = document?.contents ? reader.convert(document.contents) : undefined;
  return { root, problems: reader.problems };
}

class YamlReader {
  readonly problems: YamlProblem[] = [];
  readonly #file: SpecFile;

  constructor(file: SpecFile) {
    this.#file = file;
  }

  parse(): Document.Parsed | undefined {
    const tokens = this.#tokens();
    if (!tokens) return undefined;
    const [document, second] = new Composer(COMPOSER_OPTIONS).compose(tokens, true, this.#file.text.length);
    if (!document) return undefined;
    for (const error of document.errors.slice(0, SYNTAX_PROBLEMS_MAX)) this.#syntax(error);
    if (document.directives?.yaml.explicit) {
      this.#refuse(
        0,
        1,
        'A YAML directive ("%YAML") is not allowed.',
        'Remove it: specs are always YAML 1.2.',
      );
    }
    if (second && document.errors.length === 0) this.#several(second);
    return this.problems.some((p) => p.kind === 'syntax') ? undefined : document;
  }

  /**
   * The concrete syntax tree; undefined when it is nested too deep. The parser is iterative, but composing is recursive
   * and a large flow nesting exhausts the memory of the whole process there, so depth is bounded before.
   */
  #tokens(): CST.Token[] | undefined {
    const parser = new Parser();
    const tokens: CST.Token[] = [];
    for (const lexeme of new Lexer().lex(this.#file.text)) {
      for (const token of parser.next(lexeme)) tokens.push(token);
      if (parser.stack.length > PARSER_STACK_MAX) {
        this.#tooDeep(parser.offset);
        return undefined;
      }
    }
    for (const token of parser.end()) tokens.push(token);
    return tokens;
  }

  #several(second: Document.Parsed): void {
    this.problems.push({
      kind: 'syntax',
      at: this.#point(second.range[0], second.range[0] + 1),
      message: 'The file holds more than one YAML document.',
      hint: 'Give every product a file of its own and remove the "---" line.',
    });
  }

  #syntax(error: YAMLError): void {
    const [start, end] = error.pos;
    this.problems.push({
      kind: 'syntax',
      at: this.#point(start, Math.max(end, start + 1)),
      message: `The YAML cannot be read: ${error.message.replace(/\.$/, '')}.`,
      hint: 'Check indentation, colons and quotes on this line and the line before.',
    });
  }

  #tooDeep(at: number): void {
    this.problems.push({
      kind: 'depth',
      at: this.#point(at, at + 1),
      message: `The YAML is nested deeper than ${NODE_DEPTH_MAX} levels.`,
      hint: 'Flatten it: no spec needs such a depth.',
    });
  }

  #refuse(start: number, end: number, message: string, hint: string): void {
    this.problems.push({ kind: 'feature', at: this.#point(start, end), message, hint });
  }

  #point(start: number, end: number): ScalarNode {
    const from = Math.min(start, Math.max(0, this.#file.text.length - 1));
    return {
      kind: 'scalar',
      type: 'null',
      text: '',
      file: this.#file,
      start: from,
      end: Math.max(from + 1, end),
    };
  }

  convert(node: Node, depth = 1): SpecNode | undefined {
    const [start, end] = node.range ?? [0, 0];
    if (depth > NODE_DEPTH_MAX) {
      this.#tooDeep(start);
      return undefined;
    }
    if (isAlias(node)) {
      this.#refuse(start, end, `The alias "*${node.source}" is not allowed.`, 'Write the value out.');
      return undefined;
    }
    this.#refuseProperties(node, start);
    if (isScalar(node)) return this.#scalar(node, start, end);
    if (isMap(node)) return this.#map(node.items as readonly PairLike[], start, end, depth);
    if (isSeq(node)) return this.#list(node.items as readonly Node[], start, end, depth);
    return undefined;
  }

  #refuseProperties(node: Node, start: number): void {
    if (!isAlias(node) && 'anchor' in node && typeof node.anchor === 'string') {
      this.#refuse(
        start,
        start + 1,
        `The anchor "&${node.anchor}" is not allowed.`,
        'Remove it: aliases are off.',
      );
    }
    if (node.tag !== undefined && !isImplicitTag(node)) {
      const hint = 'Remove it: the grammar knows the type, and quotes make a text of anything.';
      this.#refuse(start, start + 1, `The tag "${node.tag}" is not allowed.`, hint);
    }
  }

  #scalar(node: Scalar, start: number, end: number): ScalarNode {
    const plain = node.type === 'PLAIN';
    const written = plain ? (node.source ?? '') : String(node.value);
    const type = plain ? plainType(node.value, written) : 'text';
    // True and TRUE are booleans too.
    const text = type === 'boolean' ? written.toLowerCase() : written;
    return { kind: 'scalar', file: this.#file, start, end, text, type };
  }

  #list(items: readonly Node[], start: number, end: number, depth: number): ListNode {
    const nodes = items.map((item) => this.convert(item, depth + 1)).filter((item) => item !== undefined);
    return { kind: 'list', file: this.#file, start, end, items: nodes };
  }

  #map(pairs: readonly PairLike[], start: number, end: number, depth: number): MapNode {
    const entries: MapEntry[] = [];
    const seen = new Set<string>();
    for (let at = 0; at < pairs.length; at++) {
      const pair = pairs[at] as PairLike;
      const key = this.#key(pair.key, seen);
      if (key === undefined) continue;
      const decimal = this.#splitDecimal(pair.value, pairs[at + 1]);
      if (decimal) {
        entries.push({ key, value: decimal });
        at += 1;
        continue;
      }
      const value = pair.value === null ? undefined : this.convert(pair.value, depth + 1);
      if (pair.value !== null && value === undefined) continue;
      entries.push({ key, value: value === undefined || isAbsent(value) ? nothingAt(key) : value });
    }
    return { kind: 'map', file: this.#file, start, end, entries };
  }

  /**
   * In a flow map YAML ends `type: decimal(12,2)` at the comma and makes a key of the rest. Nobody means that, so the two
   * are put together again.
   */
  #splitDecimal(value: Node | null, next: PairLike | undefined): ScalarNode | undefined {
    if (!isScalar(value) || value.type !== 'PLAIN' || !isScalar(next?.key)) return undefined;
    const isSplit = DECIMAL_HEAD.test(value.source ?? '') && DECIMAL_TAIL.test(next.key.source ?? '');
    const isAlone = next.value === null || (isScalar(next.value) && (next.value.source ?? '') === '');
    if (!isSplit || !isAlone) return undefined;
    const [start, end] = [value.range?.[0] ?? 0, next.key.range?.[1] ?? 0];
    const text = this.#file.text.slice(start, end);
    return { kind: 'scalar', file: this.#file, start, end, text, type: 'text' };
  }

  #key(node: Node | null, seen: Set<string>): ScalarNode | undefined {
    const [start, end] = node?.range ?? [0, 0];
    if (!isScalar(node)) {
      if (node) this.#refuse(start, end, 'A key must be a plain text.', 'Write the key as a single word.');
      return undefined;
    }
    this.#refuseProperties(node, start);
    const key = this.#scalar(node, start, end);
    if (key.text === '<<' && key.end - key.start === 2) {
      this.#refuse(start, end, 'The merge key "<<" is not allowed.', 'Write the keys out.');
      return undefined;
    }
    if (seen.has(key.text)) {
      const message = `The key "${key.text}" is written twice in the same map.`;
      this.problems.push({ kind: 'duplicate-key', at: key, message, hint: 'Keep one of the two.' });
      return undefined;
    }
    seen.add(key.text);
    return key;
  }
}

interface PairLike {
  readonly key: Node | null;
  readonly value: Node | null;
}

const DECIMAL_HEAD = /^decimal\( *[0-9]+ *$/;
const DECIMAL_TAIL = /^ *[0-9]+ *\)$/;
const CORE_INTEGER = /^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$/;

function plainType(value: unknown, text: string): ScalarNode['type'] {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return CORE_INTEGER.test(text) ? 'integer' : 'number';
  return 'text';
}

/** The package sets the tag of collections itself where none was written. */
function isImplicitTag(node: Node): boolean {
  return (isMap(node) || isSeq(node)) && /^tag:yaml\.org,2002:(map|seq)$/.test(node.tag ?? '');
}

function isAbsent(node: SpecNode): boolean {
  return node.kind === 'scalar' && node.type === 'null' && node.text === '';
}

/** A key without a value is complained about at the key. */
function nothingAt(key: ScalarNode): ScalarNode {
  return { kind: 'scalar', type: 'null', text: '', file: key.file, start: key.start, end: key.end };
}
