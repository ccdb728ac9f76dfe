import { pointIn, type ScalarNode } from './node.ts';
import type { SpecFile } from './spec-file.ts';

export const NODE_DEPTH_MAX = 64;

export type YamlProblemKind = 'syntax' | 'feature' | 'duplicate-key' | 'depth';

export interface YamlProblem {
  readonly kind: YamlProblemKind;
  readonly at: ScalarNode;
  readonly message: string;
  readonly hint: string;
}

/** What reading one file has to complain about. */
export class YamlProblems {
  readonly list: YamlProblem[] = [];
  readonly #file: SpecFile;

  constructor(file: SpecFile) {
    this.#file = file;
  }

  syntax(start: number, end: number, message: string, hint: string): void {
    this.list.push({ kind: 'syntax', at: this.#span(start, end), message, hint });
  }

  feature(start: number, end: number, message: string, hint: string): void {
    this.list.push({ kind: 'feature', at: this.#span(start, end), message, hint });
  }

  duplicateKey(key: ScalarNode): void {
    const message = `The key "${key.text}" is written twice in the same map.`;
    this.list.push({ kind: 'duplicate-key', at: key, message, hint: 'Keep one of the two.' });
  }

  tooDeep(at: number): void {
    const message = `The YAML is nested deeper than ${NODE_DEPTH_MAX} levels.`;
    const hint = 'Flatten it: no spec needs such a depth.';
    this.list.push({ kind: 'depth', at: this.#span(at, at + 1), message, hint });
  }

  /** An error may be placed behind the last character; it is shown at it. */
  #span(start: number, end: number): ScalarNode {
    const from = Math.min(start, Math.max(0, this.#file.text.length - 1));
    return { ...pointIn(this.#file, from), end: Math.max(from + 1, end) };
  }
}
