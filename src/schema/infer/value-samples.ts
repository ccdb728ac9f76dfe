/** A list of values is taken for complete when no more than this many are ever seen ... */
export const ENUM_VALUES_MAX = 12;
/** ... among at least this many. */
export const ENUM_ROWS_MIN = 100;
const ENUM_TEXT_LENGTH_MAX = 60;
const SAMPLES_MAX = 3;
const SAMPLE_LENGTH_MAX = 40;

/** The first few different values, and all of them as long as they are few. */
export class ValueSamples {
  readonly #samples: string[] = [];
  #distinct: Set<string> | undefined = new Set();
  #count = 0;

  add(text: string): void {
    this.#count += 1;
    if (this.#samples.length < SAMPLES_MAX && text.length <= SAMPLE_LENGTH_MAX && text.trim() !== '') {
      if (!this.#samples.includes(text)) this.#samples.push(text);
    }
    if (!this.#distinct) return;
    this.#distinct.add(text);
    if (this.#distinct.size > ENUM_VALUES_MAX || text.length > ENUM_TEXT_LENGTH_MAX)
      this.#distinct = undefined;
  }

  get samples(): readonly string[] {
    return this.#samples;
  }

  /** All values in order, when they look like the choices of a list; else undefined. */
  choices(): readonly string[] | undefined {
    if (!this.#distinct || this.#count < ENUM_ROWS_MIN) return undefined;
    return [...this.#distinct].sort();
  }
}
