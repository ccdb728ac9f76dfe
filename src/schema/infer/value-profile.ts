import type { Field } from '../field.ts';
import { isJsonArray, isJsonNumber, type JsonObject, type JsonValue } from '../json-value.ts';
import { fieldOf, type InferredField } from './inferred-field.ts';
import { NumberProfile, type TypePart } from './number-profile.ts';
import { TextProfile } from './text-profile.ts';
import { ValueSamples } from './value-samples.ts';

/** Nested objects with more different members than this are maps, not records: they are held as JSON. */
export const MEMBERS_MAX = 200;
/** All fields of a dataset, nested ones included; what comes beyond is held as JSON. */
export const PROFILES_MAX = 2_000;
const NESTING_MAX = 8;

/** Counts down, shared by all profiles of a dataset. */
export interface ProfileBudget {
  left: number;
}

/** The JSON values seen under one name, in bounded memory. Absent counts as null. */
export class ValueProfile {
  readonly #budget: ProfileBudget;
  readonly #depth: number;
  readonly #text = new TextProfile();
  readonly #numbers = new NumberProfile();
  readonly #samples = new ValueSamples();
  #booleans = 0;
  #objects: MembersProfile | undefined;
  #items: ValueProfile | undefined;
  #arrays = 0;
  #filled = 0;
  /** Nested too deep or too wide to be told apart. */
  #opaque = false;

  constructor(budget: ProfileBudget, depth = 0) {
    this.#budget = budget;
    this.#depth = depth;
    budget.left -= 1;
  }

  add(value: JsonValue): void {
    if (value === null) return;
    this.#filled += 1;
    if (typeof value === 'string') this.#addText(value);
    else if (typeof value === 'boolean') {
      this.#booleans += 1;
      this.#samples.add(String(value));
    } else if (isJsonArray(value)) this.#addArray(value);
    else if (isJsonNumber(value)) {
      this.#numbers.add(value.number);
      this.#samples.add(value.number);
    } else this.#addObject(value);
  }

  /** `rows`: how many records, or objects around it, there were. */
  conclude(name: string, rows: number): InferredField {
    const required = rows > 0 && this.#filled === rows;
    return { field: this.#field(name, required), samples: this.#samples.samples, filled: this.#filled };
  }

  #field(name: string, required: boolean): Field {
    const plain = fieldOf(name, this.#type(), { required, choices: this.#samples.choices() });
    if (plain.type === 'array') {
      const items = this.#items?.conclude('items', 0).field ?? { name: 'items', type: 'json' };
      return { ...plain, items: withoutChoices(items) };
    }
    return plain.type === 'object' ? { ...plain, fields: this.#objects?.fields() ?? [] } : plain;
  }

  #type(): TypePart {
    const json: TypePart = { type: 'json' };
    switch (this.#filled) {
      case 0:
        return json;
      case this.#text.count:
        return this.#text.type();
      case this.#numbers.count:
        return this.#numbers.type() ?? json;
      case this.#booleans:
        return { type: 'boolean' };
      case this.#arrays:
        return this.#opaque ? json : { type: 'array' };
      case this.#objects?.count:
        return this.#opaque || !this.#objects?.isRecord() ? json : { type: 'object' };
      default:
        return json;
    }
  }

  #addText(text: string): void {
    this.#text.add(text);
    this.#samples.add(text);
  }

  #addArray(items: readonly JsonValue[]): void {
    this.#arrays += 1;
    if (this.#isTooFar()) return;
    if (items.length > 0) this.#items ??= new ValueProfile(this.#budget, this.#depth + 1);
    for (const item of items) this.#items?.add(item);
  }

  #addObject(object: JsonObject): void {
    if (!this.#isTooFar()) this.#objects ??= new MembersProfile(this.#budget, this.#depth + 1);
    this.#objects?.add(object);
  }

  #isTooFar(): boolean {
    if (this.#depth >= NESTING_MAX || this.#budget.left <= 0) this.#opaque = true;
    return this.#opaque;
  }
}

/** The members of objects that stand at one place. */
export class MembersProfile {
  readonly #budget: ProfileBudget;
  readonly #depth: number;
  readonly #members = new Map<string, ValueProfile>();
  #count = 0;
  #isWide = false;

  constructor(budget: ProfileBudget, depth: number) {
    this.#budget = budget;
    this.#depth = depth;
  }

  get count(): number {
    return this.#count;
  }

  /** False when the objects are empty, or have too many different members to be fields. */
  isRecord(): boolean {
    return this.#members.size > 0 && !this.#isWide;
  }

  add(object: JsonObject): void {
    this.#count += 1;
    if (this.#isWide) return;
    for (const [name, value] of object.entries) this.#member(name)?.add(value);
  }

  inferred(): InferredField[] {
    return [...this.#members].map(([name, profile]) => profile.conclude(name, this.#count));
  }

  fields(): Field[] {
    return this.inferred().map((member) => member.field);
  }

  #member(name: string): ValueProfile | undefined {
    const known = this.#members.get(name);
    if (known) return known;
    const most = this.#depth === 0 ? PROFILES_MAX : MEMBERS_MAX;
    if (this.#members.size >= most || this.#budget.left <= 0) {
      this.#isWide = true;
      return undefined;
    }
    const profile = new ValueProfile(this.#budget, this.#depth);
    this.#members.set(name, profile);
    return profile;
  }
}

/** Items of arrays are not choices of the record. */
function withoutChoices(field: Field): Field {
  const { enum: _, ...rest } = field;
  return rest;
}
