/**
 * One spec file's text into nodes.
 *
 * The `yaml` package parses; what it allows and we do not (aliases, anchors, tags, merge keys, directives, several
 * documents, keys that are no scalars, keys written twice, nesting beyond NODE_DEPTH_MAX) is refused here, so that
 * no rule has to think of it.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { ListNode, MapEntry, MapNode, ScalarNode, SpecNode } from './node.ts';
import { parseYaml } from './parse-yaml.ts';
import type { SpecFile } from './spec-file.ts';
import { NODE_DEPTH_MAX, type YamlProblem, YamlProblems } from './yaml-problems.ts';

export interface YamlResult {
  /** Undefined when the text is not one YAML document. */
  readonly root: SpecNode | undefined;
  readonly problems: readonly YamlProblem[];
}

/** Reads a file's text; never throws for what the text holds. */
export function readYaml(file: SpecFile): YamlResult {
  const problems = new YamlProblems(file);
  const document = parseYaml(file.text, problems);
  const root = document?.contents ? new NodeReader(file, problems).convert(document.contents) : undefined;
  return { root, problems: problems.list };
}

class NodeReader {
  readonly #file: SpecFile;
  readonly #problems: YamlProblems;

  constructor(file: SpecFile, problems: YamlProblems) {
    this.#file = file;
    this.#problems = problems;
  }

  convert(node: Node, depth = 1): SpecNode | undefined {
    const [start, end] = node.range ?? [0, 0];
    if (depth > NODE_DEPTH_MAX) {
      this.#problems.tooDeep(start);
      return undefined;
    }
    if (isAlias(node)) {
      this.#problems.feature(
        start,
        end,
        `The alias "*${node.source}" is not allowed.`,
        'Write the value out.',
      );
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
      this.#problems.feature(
        start,
        start + 1,
        `The anchor "&${node.anchor}" is not allowed.`,
        'Remove it: aliases are off.',
      );
    }
    if (node.tag !== undefined && !isImplicitTag(node)) {
      const hint = 'Remove it: the grammar knows the type, and quotes make a text of anything.';
      this.#problems.feature(start, start + 1, `The tag "${node.tag}" is not allowed.`, hint);
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
      if (node)
        this.#problems.feature(start, end, 'A key must be a plain text.', 'Write the key as a single word.');
      return undefined;
    }
    this.#refuseProperties(node, start);
    const key = this.#scalar(node, start, end);
    if (key.text === '<<' && key.end - key.start === 2) {
      this.#problems.feature(start, end, 'The merge key "<<" is not allowed.', 'Write the keys out.');
      return undefined;
    }
    if (seen.has(key.text)) {
      this.#problems.duplicateKey(key);
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
