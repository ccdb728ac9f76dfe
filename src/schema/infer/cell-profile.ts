import { fieldOf, type InferredField } from './inferred-field.ts';
import { NumberProfile, type TypePart } from './number-profile.ts';
import { TextProfile } from './text-profile.ts';
import { ValueSamples } from './value-samples.ts';

/** What a cell must look like to be a number. Leading zeros (zip codes) and a plus sign (phone numbers) make it text. */
const NUMBER_CELL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
const BOOLEAN_CELL = /^(?:true|false)$/i;

/** The cells of one column of delimited text, in constant memory. An empty cell is no value. */
export class CellProfile {
  readonly #text = new TextProfile();
  readonly #numbers = new NumberProfile();
  readonly #samples = new ValueSamples();
  #rows = 0;
  #filled = 0;
  #isNumeric = true;
  #isBoolean = true;

  add(cell: string): void {
    this.#rows += 1;
    this.#samples.add(cell);
    if (cell === '') return;
    this.#filled += 1;
    if (this.#isNumeric) this.#addNumber(cell.trim());
    if (this.#isBoolean && !BOOLEAN_CELL.test(cell)) this.#isBoolean = false;
    this.#text.add(cell);
  }

  conclude(name: string): InferredField {
    const required = this.#rows > 0 && this.#filled === this.#rows;
    const field = fieldOf(name, this.#type(), { required, choices: this.#samples.choices() });
    return { field, samples: this.#samples.samples, filled: this.#filled };
  }

  #addNumber(text: string): void {
    if (NUMBER_CELL.test(text)) this.#numbers.add(text);
    else this.#isNumeric = false;
  }

  #type(): TypePart {
    if (this.#filled === 0) return { type: 'string' };
    if (this.#isNumeric) return this.#numbers.type() ?? { type: 'string' };
    return this.#isBoolean ? { type: 'boolean' } : this.#text.type();
  }
}
