/** Postgres' text form of arrays, `{1,NULL,"a b"}`. */
import { ProtocolViolation } from './protocol-violation.ts';

export type ArrayItem = string | null | readonly ArrayItem[];

const DEPTH_MAX = 6;

/** The items as texts. Throws ProtocolViolation. */
export function readArrayText(text: string): readonly ArrayItem[] {
  // Bounds that are not from 1 on stand in front: [0:1]={1,2}
  const body = text.trim().replace(/^(\[[-\d:]+\])+=/, '');
  const reader = new ArrayReader(body);
  const items = reader.array(0);
  if (!reader.isAtEnd) throw malformed(text);
  return items;
}

class ArrayReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  array(depth: number): ArrayItem[] {
    if (this.#text[this.#at] !== '{' || depth >= DEPTH_MAX) throw malformed(this.#text);
    this.#at += 1;
    const items: ArrayItem[] = [];
    if (this.#take('}')) return items;
    for (;;) {
      items.push(this.#item(depth));
      if (this.#take('}')) return items;
      if (!this.#take(',')) throw malformed(this.#text);
    }
  }

  #item(depth: number): ArrayItem {
    this.#skipBlanks();
    const next = this.#text[this.#at];
    if (next === '{') return this.array(depth + 1);
    if (next === '"') return this.#quoted();
    const plain = /[^,{}"]*/y;
    plain.lastIndex = this.#at;
    const text = plain.exec(this.#text)?.[0] ?? '';
    if (text.trim() === '') throw malformed(this.#text);
    this.#at += text.length;
    return /^null$/i.test(text.trim()) ? null : text.trim().replace(/\\(.)/g, '$1');
  }

  #quoted(): string {
    const quoted = /"((?:[^"\\]|\\[\s\S])*)"/y;
    quoted.lastIndex = this.#at;
    const match = quoted.exec(this.#text);
    if (!match) throw malformed(this.#text);
    this.#at += match[0].length;
    return (match[1] ?? '').replace(/\\([\s\S])/g, '$1');
  }

  #take(symbol: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}

function malformed(text: string): ProtocolViolation {
  return new ProtocolViolation(`malformed array literal: "${text.slice(0, 100)}"`);
}
