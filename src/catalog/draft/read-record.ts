import { codeOf } from '../../base/errors.ts';
import { readJson } from '../../schema/json-reader.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../schema/json-value.ts';

/** The record that a text holds; undefined for one that is rejected whatever its fields are. */
export function readRecord(text: string): JsonObject | undefined {
  const value = tryReadJson(text);
  return value !== undefined && isJsonObject(value) && isSound(value) ? value : undefined;
}

export function tryReadJson(text: string): JsonValue | undefined {
  try {
    return readJson(text);
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'JSON_SYNTAX' || code === 'JSON_TOO_DEEP') return undefined;
    throw thrown;
  }
}

/** No member twice, and no text that cannot be stored: with NUL characters or halves of surrogate pairs. */
function isSound(value: JsonValue): boolean {
  if (typeof value === 'string') return isSoundText(value);
  if (value === null || typeof value !== 'object') return true;
  if (isJsonArray(value)) return value.every(isSound);
  if (!isJsonObject(value)) return true;
  return (
    value.duplicates.length === 0 &&
    value.entries.every(([name, member]) => isSoundText(name) && isSound(member))
  );
}

function isSoundText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
