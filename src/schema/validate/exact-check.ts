/**
 * The exact check of values and objects: of the type, then of the constraints; and their text in journal form.
 *
 * This is the full check. What the quick one (`quick-check.ts`) is not sure of comes here.
 */
import { didYouMean } from '../../base/suggest.ts';
import type { Field } from '../field.ts';
import { typeText } from '../field.ts';
import { readJson } from '../json-reader.ts';
import {
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonKind,
  writeJson,
} from '../json-value.ts';
import { addDuplicates, checkMember, checkTexts, pointerPart, type Reasons } from './collect-reasons.ts';
import { compileConstraints, quoted } from './constraints.ts';
import { lengthOf, scalarReader } from './scalar-value.ts';

/** The value's text in journal form; undefined, with a reason added, when the value breaks the field. Null is not asked. */
export type ExactCheck = (value: JsonValue, pointer: string, reasons: Reasons) => string | undefined;

export function compileExact(field: Field, unknown: 'refuse' | 'ignore'): ExactCheck {
  switch (field.type) {
    case 'json':
      return (value, pointer, reasons) => jsonText(value, pointer, reasons);
    case 'array':
      return compileArray(field, unknown);
    case 'object':
      return compileObject(field, unknown);
    default:
      return compileScalar(field);
  }
}

function jsonText(value: JsonValue, pointer: string, reasons: Reasons): string | undefined {
  const before = reasons.found.length;
  checkTexts(value, pointer, reasons);
  return reasons.found.length === before ? JSON.stringify(writeJson(value)) : undefined;
}

function compileArray(field: Field, unknown: 'refuse' | 'ignore'): ExactCheck {
  const items = field.items ?? { name: 'items', type: 'json' as const };
  const check = compileExact(items, unknown);
  const constraints = compileConstraints(field);
  return (value, pointer, reasons) => {
    if (!isJsonArray(value)) return mismatch(field, value, pointer, reasons);
    const before = reasons.found.length;
    reasons.addAll(
      constraints('', () => value.length),
      pointer,
    );
    const texts = value.map((item, i) => {
      if (item !== null) return check(item, `${pointer}/${i}`, reasons);
      if (items.required)
        reasons.add('FIELD_REQUIRED', `${pointer}/${i}`, 'An item is null, and items are required.');
      return 'null';
    });
    return reasons.found.length === before ? `[${texts.join(',')}]` : undefined;
  };
}

function compileObject(field: Field, unknown: 'refuse' | 'ignore'): ExactCheck {
  const members = compileMembers(field.fields ?? [], unknown);
  return (value, pointer, reasons) => {
    if (!isJsonObject(value)) return mismatch(field, value, pointer, reasons);
    const before = reasons.found.length;
    const texts = members(value, pointer, reasons);
    return reasons.found.length === before ? `{${texts.join(',')}}` : undefined;
  };
}

function compileScalar(field: Field): ExactCheck {
  const read = scalarReader(field);
  const constraints = compileConstraints(field);
  return (value, pointer, reasons) => {
    const scalar = read(value);
    if (scalar === undefined) return mismatch(field, value, pointer, reasons);
    if ('code' in scalar) {
      reasons.addAll([scalar], pointer);
      return undefined;
    }
    const problems = constraints(scalar.canonical, () => lengthOf(field, scalar.canonical));
    reasons.addAll(problems, pointer);
    return problems.length === 0 ? scalar.journal : undefined;
  };
}

function mismatch(field: Field, value: JsonValue, pointer: string, reasons: Reasons): undefined {
  const shown =
    typeof value === 'string' ? quoted(value) : isJsonNumber(value) ? quoted(value.number) : jsonKind(value);
  const kind = typeof value === 'string' ? 'the text ' : '';
  reasons.add(
    'TYPE_MISMATCH',
    pointer,
    `Expected ${typeText(field)}${EXAMPLES[field.type] ?? ''}, received ${kind}${shown}.`,
  );
  return undefined;
}

const EXAMPLES: Partial<Record<Field['type'], string>> = {
  date: ' (as 2001-01-31)',
  time: ' (as 22:27:00)',
  timestamp: ' (as 2001-01-31T22:27:00, with Z or an offset unless local)',
  bytes: ' (as base64)',
};

/** What is done with members that no field names: a reason, or they are copied, or handed over. */
export type UnknownMembers = 'refuse' | 'ignore' | ((name: string, value: JsonValue) => void);

/** Gives `"name":value` texts in journal form: of the fields in their order, then of unknown members that are copied. */
export type MembersCheck = (
  object: JsonObject,
  pointer: string,
  reasons: Reasons,
  onUnknown?: UnknownMembers,
) => string[];

interface Member {
  readonly field: Field;
  readonly label: string;
  /** The last part of its pointer, `/name`. */
  readonly part: string;
  readonly check: ExactCheck;
  /** Taken when the value is missing or null. */
  readonly fallback: JsonValue;
}

export function compileMembers(
  fields: readonly Field[],
  unknown: 'refuse' | 'ignore',
  required: ReadonlySet<string> = new Set(),
): MembersCheck {
  const members: Member[] = fields.map((field) => ({
    field: required.has(field.name) ? { ...field, required: true } : field,
    label: `${JSON.stringify(field.name)}:`,
    part: `/${pointerPart(field.name)}`,
    check: compileExact(field, unknown),
    fallback: defaultOf(field),
  }));
  const names = new Set(fields.map((field) => field.name));
  return (object, pointer, reasons, onUnknown = unknown) => {
    addDuplicates(object, pointer, reasons);
    const texts: string[] = [];
    const find = membersOf(object);
    let known = 0;
    for (let i = 0; i < members.length; i++) {
      const member = members[i] as Member;
      const given = find(member.field.name, i);
      if (given !== undefined) known += 1;
      const text = memberText(member, given ?? null, pointer, reasons);
      if (text !== undefined) texts.push(text);
    }
    if (known === object.entries.length) return texts;
    for (const [name, value] of object.entries) {
      if (!names.has(name)) texts.push(...unknownText(name, value, pointer, reasons, onUnknown, names));
    }
    return texts;
  };
}

/** Values by name, looked for first where they stand when members come in the order of the fields. */
function membersOf({
  entries,
  duplicates,
}: JsonObject): (name: string, likely: number) => JsonValue | undefined {
  let byName: Map<string, JsonValue> | undefined;
  return (name, likely) => {
    const entry = entries[likely];
    if (entry?.[0] === name && duplicates.length === 0) return entry[1];
    byName ??= new Map(entries);
    return byName.get(name);
  };
}

function memberText(
  { field, label, part, check, fallback }: Member,
  given: JsonValue,
  pointer: string,
  reasons: Reasons,
): string | undefined {
  const value = given ?? fallback;
  const at = pointer + part;
  if (value === null) {
    if (field.required)
      reasons.add(
        'FIELD_REQUIRED',
        at,
        `The field ${quoted(field.name)} is required, and is missing or null.`,
      );
    return undefined;
  }
  const text = check(value, at, reasons);
  return text === undefined ? undefined : label + text;
}

function unknownText(
  name: string,
  value: JsonValue,
  pointer: string,
  reasons: Reasons,
  onUnknown: UnknownMembers,
  names: ReadonlySet<string>,
): string[] {
  if (onUnknown === 'refuse') {
    const hint = didYouMean(name, names);
    const at = `${pointer}/${pointerPart(name)}`;
    reasons.add('FIELD_UNKNOWN', at, `No field is named ${quoted(name)}.${hint ? ` ${hint}` : ''}`);
    return [];
  }
  checkMember(name, value, pointer, reasons);
  if (onUnknown === 'ignore') return [`${JSON.stringify(name)}:${writeJson(value)}`];
  onUnknown(name, value);
  return [];
}

/** A field's default as a document would write it. */
function defaultOf(field: Field): JsonValue {
  const text = field.default;
  if (text === undefined) return null;
  if (field.type === 'integer' || field.type === 'number' || field.type === 'decimal')
    return { number: text };
  if (field.type === 'boolean') return text === 'true';
  return field.type === 'json' || field.type === 'object' || field.type === 'array' ? readJson(text) : text;
}
