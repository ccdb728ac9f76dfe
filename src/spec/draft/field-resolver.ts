import type { Field, Length, Reduction, StringFormat } from '../../schema/field.ts';
import { REDUCTIONS, STRING_FORMATS } from '../../schema/field.ts';
import { itemsOf, type SpecNode, textAt, textOf, valueAt } from '../source/node.ts';
import type { DatasetDraft, FieldDraft, ProductDraft, ProductIndex } from './product-draft.ts';
import type { FieldReference } from './references.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a reference to a field leads to, or the first part of it that does not exist. */
export type FieldLookup =
  | { readonly found: FieldDraft }
  | { readonly missing: 'product' | 'version' | 'dataset' | 'field'; readonly known: readonly string[] }
  /** The product is there but could not be read; its own file says why. */
  | { readonly missing: 'unread' };

/** Turns what is written of a field into the field itself, following reuse from product to product. */
export class FieldResolver {
  readonly #index: ProductIndex;
  readonly #known = new Map<FieldDraft, Field | undefined>();
  readonly #open = new Set<FieldDraft>();
  readonly #circular = new Set<FieldDraft>();

  constructor(index: ProductIndex) {
    this.#index = index;
  }

  /** The field with everything that it reuses; undefined when a part of it is not known. */
  resolve(draft: FieldDraft): Field | undefined {
    if (this.#known.has(draft)) return this.#known.get(draft);
    if (this.#open.has(draft)) {
      this.#circular.add(draft);
      return undefined;
    }
    this.#open.add(draft);
    const field = this.#build(draft);
    this.#open.delete(draft);
    this.#known.set(draft, field);
    return field;
  }

  /** Whether the field reuses, in the end, itself. */
  isCircular(draft: FieldDraft): boolean {
    this.resolve(draft);
    return this.#circular.has(draft);
  }

  lookUp(reference: FieldReference): FieldLookup {
    const majors = this.#index.byName.get(reference.product);
    if (this.#index.unread.has(reference.product)) return { missing: 'unread' };
    if (!majors) return { missing: 'product', known: [...this.#index.byName.keys()] };
    const product =
      reference.major === undefined
        ? majors[0]
        : majors.find((candidate) => candidate.major === reference.major);
    if (!product)
      return {
        missing: 'version',
        known: majors.flatMap((m) => (m.major === undefined ? [] : [`${m.major}`])),
      };
    const dataset = datasetOf(product, reference.dataset);
    if (!dataset) return { missing: 'dataset', known: product.datasets.map((d) => d.name) };
    const field = dataset.fields.find((f) => f.name === reference.field);
    return field ? { found: field } : { missing: 'field', known: dataset.fields.map((f) => f.name) };
  }

  #build(draft: FieldDraft): Field | undefined {
    const field: Mutable<Field> | undefined = draft.reuse ? this.#reused(draft) : this.#typed(draft);
    if (field) addOwn(field, draft.node);
    return field;
  }

  #typed(draft: FieldDraft): Mutable<Field> | undefined {
    if (!draft.type) return undefined;
    const field: Mutable<Field> = { name: draft.name, ...draft.type };
    if (field.type === 'timestamp') field.zone = textAt(draft.node, 'zone') === 'local' ? 'local' : 'utc';
    if (field.type === 'object') {
      const below = draft.fields.map((f) => this.resolve(f));
      if (below.some((f) => f === undefined)) return undefined;
      field.fields = below.filter((f) => f !== undefined);
    }
    if (field.type === 'array') {
      const items = draft.items && this.resolve(draft.items);
      if (!items) return undefined;
      field.items = items;
    }
    return field;
  }

  /** Type, constraints but `required` and `unique`, doc, meaning, unit and class come from the reused field. */
  #reused(draft: FieldDraft): Mutable<Field> | undefined {
    if (!draft.reuse) return undefined;
    const target = this.lookUp(draft.reuse.reference);
    const base = 'found' in target ? this.resolve(target.found) : undefined;
    if (!base) return undefined;
    const { required: _r, unique: _u, reduce: _d, default: _v, deprecated: _p, ...taken } = base;
    const { product, dataset, field } = draft.reuse.reference;
    const origin = [product, dataset, field].filter((part) => part !== undefined).join('.');
    return { ...taken, name: draft.name, origin };
  }
}

function datasetOf(product: ProductDraft, name: string | undefined): DatasetDraft | undefined {
  return name === undefined ? product.datasets[0] : product.datasets.find((d) => d.name === name);
}

/** What is written of the field itself; the later word over a reused one. */
function addOwn(field: Mutable<Field>, node: SpecNode): void {
  if (node.kind !== 'map') return;
  if (textAt(node, 'required') === 'true') field.required = true;
  if (textAt(node, 'unique') === 'true') field.unique = true;
  const length = readLength(valueAt(node, 'length'));
  if (length) field.length = length;
  for (const key of ['min', 'max', 'default'] as const) {
    const text = textAt(node, key);
    if (text !== undefined) field[key] = exactText(text);
  }
  for (const key of ['pattern', 'doc', 'unit', 'meaning', 'deprecated'] as const) {
    const text = textAt(node, key);
    if (text !== undefined) field[key] = text;
  }
  addLists(field, node);
  const format = textAt(node, 'format');
  if (format !== undefined && isOneOf(STRING_FORMATS, format)) field.format = format satisfies StringFormat;
  const reduce = textAt(node, 'reduce');
  if (reduce !== undefined && isOneOf(REDUCTIONS, reduce)) field.reduce = reduce satisfies Reduction;
}

function addLists(field: Mutable<Field>, node: SpecNode): void {
  const allowed = itemsOf(valueAt(node, 'enum')).map(textOf);
  if (allowed.length > 0) field.enum = allowed.filter((t) => t !== undefined).map(exactText);
  const classes = itemsOf(valueAt(node, 'class')).map(textOf);
  if (classes.length > 0) field.class = classes.filter((t) => t !== undefined);
}

/** A plus sign says nothing, and not everybody who reads the field expects one. */
function exactText(text: string): string {
  return /^\+[0-9.]/.test(text) ? text.slice(1) : text;
}

function isOneOf<T extends string>(known: readonly T[], text: string): text is T {
  return (known as readonly string[]).includes(text);
}

function readLength(node: SpecNode | undefined): Length | undefined {
  if (node === undefined) return undefined;
  const exactly = count(textOf(node));
  if (exactly !== undefined) return { min: exactly, max: exactly };
  const min = count(textAt(node, 'min'));
  const max = count(textAt(node, 'max'));
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
