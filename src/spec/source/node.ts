/** The YAML of a spec file as the rules see it: three kinds of nodes, each with its place and exact text. */
import type { SpecPlace } from '../model.ts';
import type { SpecFile } from './spec-file.ts';

interface Span {
  readonly file: SpecFile;
  /** Offsets into the file's text; `end` is after the last character. */
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends Span {
  readonly kind: 'scalar';
  /** As the YAML 1.2 core schema reads it; quoted and block texts are always `text`. */
  readonly type: 'null' | 'boolean' | 'integer' | 'number' | 'text';
  /** What stands in the file for plain scalars (so that no number is touched), else the text that is meant. */
  readonly text: string;
}

export interface MapEntry {
  readonly key: ScalarNode;
  readonly value: SpecNode;
}

export interface MapNode extends Span {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
}

export interface ListNode extends Span {
  readonly kind: 'list';
  readonly items: readonly SpecNode[];
}

export type SpecNode = ScalarNode | MapNode | ListNode;

export function placeOf(node: SpecNode): SpecPlace {
  return node.file.placeAt(node.start);
}

/** The value of a key; undefined when the node is no map or has no such key. */
export function valueAt(node: SpecNode | undefined, key: string): SpecNode | undefined {
  if (node?.kind !== 'map') return undefined;
  return node.entries.find((e) => e.key.text === key)?.value;
}

/** The node of the key itself. */
export function keyAt(node: SpecNode | undefined, key: string): ScalarNode | undefined {
  if (node?.kind !== 'map') return undefined;
  return node.entries.find((e) => e.key.text === key)?.key;
}

/** The text of a scalar that is not null. */
export function textOf(node: SpecNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.type !== 'null' ? node.text : undefined;
}

/** The text of a key's scalar value. */
export function textAt(node: SpecNode | undefined, key: string): string | undefined {
  return textOf(valueAt(node, key));
}

export function isNull(node: SpecNode): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

/** The entries of a map; none for anything else. */
export function entriesOf(node: SpecNode | undefined): readonly MapEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

/** The items of a list; a scalar or map stands for a list of itself; nothing for null. */
export function itemsOf(node: SpecNode | undefined): readonly SpecNode[] {
  if (node === undefined || isNull(node)) return [];
  return node.kind === 'list' ? node.items : [node];
}

const RECEIVED_TEXT_MAX = 60;

/** What stands there, for messages: `the text "abc"`, `the integer 12`, `a map`. */
export function describeNode(node: SpecNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  const text = shorten(node.text);
  switch (node.type) {
    case 'null':
      return 'nothing (null)';
    case 'boolean':
      return `the boolean ${text}`;
    case 'integer':
      return `the integer ${text}`;
    case 'number':
      return `the number ${text}`;
    default:
      return `the text "${text}"`;
  }
}

/** A text short enough to be quoted in a message. */
export function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > RECEIVED_TEXT_MAX ? `${line.slice(0, RECEIVED_TEXT_MAX - 1)}…` : line;
}

/** A node of one character, for complaints about a place rather than a value. */
export function pointIn(file: SpecFile, offset: number): ScalarNode {
  return { kind: 'scalar', type: 'null', text: '', file, start: offset, end: offset + 1 };
}
