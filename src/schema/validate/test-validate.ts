/** For tests: validation in a line. */
import type { Dataset, Field } from '../field.ts';
import type { Framing } from '../framing.ts';
import type { SliceVerdict } from '../slice.ts';
import { createSliceValidator, type SliceValidatorOptions } from '../slice-validator.ts';

export const NDJSON: Framing = { format: 'ndjson' };

export function datasetOf(fields: readonly Field[], more: Partial<Dataset> = {}): Dataset {
  return { name: 'd', key: 'none', fields, extra: 'refuse', ...more };
}

/** A dataset with the one field `v`. */
export function fieldV(field: Omit<Field, 'name'>, more: Partial<Dataset> = {}): Dataset {
  return datasetOf([{ name: 'v', ...field }], more);
}

/** The verdict on the text (or bytes) of a slice that stands at line 10 of its source. */
export function verdictOf(
  dataset: Dataset,
  content: string | Uint8Array,
  options: SliceValidatorOptions & { framing?: Framing } = {},
): SliceVerdict {
  const { framing = NDJSON, ...validator } = options;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return createSliceValidator(dataset, validator)({ bytes, framing, line: 10 });
}

export function acceptedLines(verdict: SliceVerdict): string[] {
  return Buffer.from(verdict.accepted).toString().split('\n').slice(0, -1);
}

/** `CODE pointer` of every reason of the only reject; the accepted documents when there is none. */
export function outcome(verdict: SliceVerdict): string[] {
  const [reject] = verdict.rejects;
  return reject
    ? reject.reasons.map(({ code, pointer }) => `${code} ${pointer}`.trimEnd())
    : acceptedLines(verdict);
}
