import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json-value.ts';
import type { ReasonCode } from '../reasons.ts';
import type { Reason } from '../slice.ts';
import { type Problem, quoted } from './constraints.ts';
import { textProblem } from './text-problem.ts';

/** Collects reasons in the order in which they are found. */
export class Reasons {
  readonly found: Reason[] = [];

  add(code: ReasonCode, pointer: string, message: string): void {
    this.found.push({ code, pointer, message });
  }

  addAll(problems: readonly Problem[], pointer: string): void {
    for (const { code, message } of problems) this.add(code, pointer, message);
  }
}

/** Repeated names and text that no column can hold, anywhere inside. */
export function checkTexts(value: JsonValue, pointer: string, reasons: Reasons): void {
  if (typeof value === 'string') {
    const problem = textProblem(value);
    if (problem) reasons.addAll([problem], pointer);
  } else if (isJsonArray(value)) {
    for (const [i, item] of value.entries()) checkTexts(item, `${pointer}/${i}`, reasons);
  } else if (isJsonObject(value)) {
    addDuplicates(value, pointer, reasons);
    for (const [name, member] of value.entries)
      checkTexts(member, `${pointer}/${pointerPart(name)}`, reasons);
  }
}

export function addDuplicates(object: JsonObject, pointer: string, reasons: Reasons): void {
  for (const name of object.duplicates)
    reasons.add(
      'JSON_DUPLICATE_KEY',
      `${pointer}/${pointerPart(name)}`,
      `The member ${quoted(name)} stands more than once.`,
    );
}

/** A name as a part of a JSON pointer (RFC 6901). */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
