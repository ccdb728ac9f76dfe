import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json-value.ts';
import type { ReasonCode } from '../reasons.ts';
import type { Reason } from '../slice.ts';
import { type Problem, quoted } from './constraints.ts';
import { textProblem } from './text-problem.ts';

/** A record may hold millions of values, and all may be wrong: so many reasons are told. */
export const REASONS_MAX = 100;

/** Collects reasons in the order in which they are found. */
export class Reasons {
  readonly found: Reason[] = [];

  constructor(known: readonly Reason[] = []) {
    this.found.push(...known);
  }

  add(code: ReasonCode, pointer: string, message: string): void {
    if (this.found.length < REASONS_MAX) this.found.push({ code, pointer, message });
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
    for (const [name, member] of value.entries) checkMember(name, member, pointer, reasons);
  }
}

/**
 * Likewise of one member, its name included: the engine would refuse the whole file that such a name stands in. The pointer is
 * the object's, because no text can hold the name.
 */
export function checkMember(name: string, value: JsonValue, pointer: string, reasons: Reasons): void {
  const problem = textProblem(name);
  if (problem) reasons.add(problem.code, pointer, `In the name of a member: ${problem.message}`);
  else checkTexts(value, `${pointer}/${pointerPart(name)}`, reasons);
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
