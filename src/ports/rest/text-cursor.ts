/** Reads a parameter's value from left to right. Offsets count UTF-16 code units from 0. */
export class TextCursor {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get at(): number {
    return this.#at;
  }

  /** Where people see the cursor: from 1. */
  get character(): number {
    return this.#at + 1;
  }

  get done(): boolean {
    return this.#at >= this.text.length;
  }

  /** Goes behind `word` when it stands here. */
  take(word: string): boolean {
    if (!this.text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  /** The text up to the first of the characters `stops`, which stays, or up to the end. */
  until(stops: string): string {
    const start = this.#at;
    while (this.#at < this.text.length && !stops.includes(this.text[this.#at] ?? '')) this.#at += 1;
    return this.text.slice(start, this.#at);
  }

  rest(): string {
    const text = this.text.slice(this.#at);
    this.#at = this.text.length;
    return text;
  }

  /**
   * A text in double quotes, in which a backslash makes the next character plain, or else what stands before `stops`.
   * Undefined, without moving, when the closing quote is missing.
   */
  word(stops: string): string | undefined {
    if (this.text[this.#at] !== '"') return this.until(stops);
    let word = '';
    for (let i = this.#at + 1; i < this.text.length; i++) {
      if (this.text[i] === '"') {
        this.#at = i + 1;
        return word;
      }
      if (this.text[i] === '\\') i += 1;
      word += this.text[i] ?? '';
    }
    return undefined;
  }

  /** What stands here, for messages: `")"` or `the end`. */
  shown(): string {
    return this.done ? 'the end' : JSON.stringify(String.fromCodePoint(this.text.codePointAt(this.#at) ?? 0));
  }
}
