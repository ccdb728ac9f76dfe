import { readJson } from '../schema/json-reader.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  writeJson,
} from '../schema/json-value.ts';
import { UsageError } from './command.ts';

/**
 * The document with members set, e.g. `delay=15`, `name="A 12"`, `items.0.sku=A1`, `gone=null`. What stands after `=` is taken
 * as JSON where it is JSON, else as text. All other members keep their exact text.
 */
export function setMembers(document: string, sets: readonly string[]): string {
  return writeJson(sets.reduce(setMember, parseDocument(document)));
}

function parseDocument(document: string): JsonValue {
  try {
    return readJson(document);
  } catch {
    throw new UsageError(
      'The rejected text is not JSON, so no member of it can be set.',
      'Write the whole record as JSON into a file, and replay that: --file record.json',
    );
  }
}

function setMember(document: JsonValue, set: string): JsonValue {
  const equals = set.indexOf('=');
  if (equals < 1)
    throw new UsageError(`"${set}" is not of the form path=value.`, 'For example: --set delay=15');
  return withMember(document, set.slice(0, equals).split('.'), memberValue(set.slice(equals + 1)), set);
}

function memberValue(text: string): JsonValue {
  try {
    return readJson(text);
  } catch {
    return text;
  }
}

function withMember(target: JsonValue, path: readonly string[], value: JsonValue, set: string): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (isJsonArray(target)) {
    const index = Number(name);
    if (!Number.isInteger(index) || index < 0 || index >= target.length) {
      throw new UsageError(`"${set}" names item "${name}" of a list of ${target.length}.`);
    }
    return target.map((item, i) => (i === index ? withMember(item, rest, value, set) : item));
  }
  if (!isJsonObject(target))
    throw new UsageError(`"${set}" names a member "${name}" of something that has none.`);
  return withEntry(target, name, withMember(lastOf(target, name), rest, value, set));
}

function lastOf(object: JsonObject, name: string): JsonValue {
  return object.entries.findLast(([known]) => known === name)?.[1] ?? { entries: [], duplicates: [] };
}

/** Repeated names are what is wrong with some rejects, so setting one leaves it once. */
function withEntry(object: JsonObject, name: string, value: JsonValue): JsonObject {
  const at = object.entries.findIndex(([known]) => known === name);
  const others = object.entries.filter(([known]) => known !== name);
  const entries =
    at < 0 ? [...others, [name, value] as const] : others.toSpliced(at, 0, [name, value] as const);
  return { entries, duplicates: object.duplicates.filter((known) => known !== name) };
}
