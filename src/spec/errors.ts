import { defineErrors } from '../base/errors.ts';
import { ALL_RULES } from './rules/all-rules.ts';

/** The codes of all diagnostics, so that the reference of codes knows them. None of them is ever thrown. */
export const specErrors = defineErrors(
  'spec',
  Object.fromEntries(ALL_RULES.map((rule) => [rule.code, { doc: `Broken: ${rule.law}`, status: 422 }])),
);
