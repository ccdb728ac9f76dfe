import { WharfError } from '../base/errors.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import { plural } from './plural.ts';

/** Why a command that needs a whole mesh does nothing: exit 1. */
export function meshInvalid(diagnostics: readonly Diagnostic[]): WharfError {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  return new WharfError('SPEC_INVALID', `The mesh has ${plural(errors, 'error')}; nothing was done.`, {
    hint: 'wharf check shows where, and what to do about it.',
  });
}
