/** Pieces of a spec's YAML text. */
import { stringify } from 'yaml';
import { type Field, typeText } from '../../schema/field.ts';

export interface ShownField {
  readonly field: Field;
  /** A few values, for the doc; shown only where they are short and plain. */
  readonly samples?: readonly string[];
}

/** A text as YAML, quoted where it has to be, for inside `{ }` and `[ ]`. */
export function scalar(text: string): string {
  return stringify([text], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false })
    .trim()
    .slice(1, -1);
}

/** A name as the key of a block map. */
export function key(name: string): string {
  const line = stringify({ [name]: 1 }, { lineWidth: 0 }).trim();
  // Unquoted, `<<` would be a merge key to some readers.
  return line.startsWith('? ') || name === '<<' ? JSON.stringify(name) : line.slice(0, line.lastIndexOf(':'));
}

export function list(texts: readonly string[]): string {
  return `[${texts.map(scalar).join(', ')}]`;
}

/** A text as a comment: one line, whatever it holds. */
export function comment(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters would end the comment
  return `# ${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')}`;
}

/** Fields with everything that was found out, one a line where they are flat. */
export function fieldLines(fields: readonly ShownField[], indent: string): string[] {
  return fields.flatMap(({ field, samples }) =>
    memberLines(key(field.name), field, docOf(samples ?? []), indent),
  );
}

/** What the records of a source look like: names and types, nothing that narrows them. */
export function sourceFieldLines(fields: readonly Field[], indent: string): string[] {
  return fieldLines(
    fields.map((field) => ({ field: bare(field) })),
    indent,
  );
}

function bare(field: Field): Field {
  const { required: _, enum: __, ...rest } = field;
  return {
    ...rest,
    ...(field.fields ? { fields: field.fields.map(bare) } : {}),
    ...(field.items ? { items: bare(field.items) } : {}),
  };
}

function memberLines(name: string, field: Field, doc: string | undefined, indent: string): string[] {
  const isNested = field.type === 'object' || (field.type === 'array' && field.items && !isFlat(field.items));
  if (!isNested) return [`${indent}${name}: ${flatField(field, doc)}`];
  const lines = [`${indent}${name}:`, `${indent}  type: ${field.type}`];
  if (field.required) lines.push(`${indent}  required: true`);
  if (field.type === 'array' && field.items)
    lines.push(...memberLines('items', field.items, undefined, `${indent}  `));
  else
    lines.push(
      `${indent}  fields:`,
      ...fieldLines(
        (field.fields ?? []).map((f) => ({ field: f })),
        `${indent}    `,
      ),
    );
  return lines;
}

/** True for a type that one word says. */
function isFlat(field: Field): boolean {
  return field.type !== 'object' && field.type !== 'array';
}

function flatField(field: Field, doc: string | undefined): string {
  const parts = typeParts(field);
  if (field.required) parts.push('required: true');
  if (field.enum) parts.push(`enum: ${list(field.enum)}`);
  if (doc !== undefined) parts.push(`doc: ${scalar(doc)}`);
  const isPlainType = parts.length === 1 && field.type !== 'decimal' && field.type !== 'array';
  return isPlainType ? field.type : `{ ${parts.join(', ')} }`;
}

function typeParts(field: Field): string[] {
  if (field.type === 'decimal') return [`type: ${JSON.stringify(typeText(field))}`];
  if (field.type === 'timestamp') return ['type: timestamp', `zone: ${field.zone ?? 'utc'}`];
  if (field.type === 'array' && field.items)
    return ['type: array', `items: ${flatField(field.items, undefined)}`];
  return [`type: ${field.type}`];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: no sample with control characters is shown
const SHOWABLE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;
/** A password in a URL, and a reference to the environment, must not be written into a spec. */
const SENSITIVE = /:\/\/[^/]*@|\$\{/;

function docOf(samples: readonly string[]): string | undefined {
  const shown = samples.filter((text) => SHOWABLE.test(text) && !SENSITIVE.test(text) && text.isWellFormed());
  if (shown.length === 0) return undefined;
  const last = shown.at(-1) ?? '';
  return `For example ${shown.length === 1 ? last : `${shown.slice(0, -1).join(', ')} or ${last}`}`;
}
