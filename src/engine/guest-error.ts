import { WharfError } from '../base/errors.ts';
import './errors.ts';
import type { EngineFailure } from './messages.ts';

/** The engine's classes of errors as SQLSTATE. */
const STATES: Readonly<Record<string, string>> = {
  Parser: '42601',
  Syntax: '42601',
  Binder: '42703',
  Catalog: '42P01',
  Conversion: '22P02',
  'Mismatch Type': '42804',
  'Invalid type': '42804',
  'Invalid Input': '22023',
  'Out of Range': '22003',
  'Divide by Zero': '22012',
  'Not implemented': '0A000',
  Permission: '42501',
  Constraint: '23000',
  ENGINE_ARROW_TYPE: '0A000',
};

/** Of the class Binder, by what the message begins with. */
const BINDER_STATES: readonly (readonly [RegExp, string])[] = [
  [/^No function matches/, '42883'],
  [/^Ambiguous reference/, '42702'],
  [/must appear in the GROUP BY clause|^aggregate function calls cannot be nested/i, '42803'],
];

/** Why a consumer's statement failed, as its author is told. */
export function guestError(failure: EngineFailure): WharfError {
  const { type, message, position, hint, sqlState } = failure;
  // Everything after the first lines is a picture of the statement, as the engine sees it.
  const text = message.split('\n\nLINE ', 1)[0]?.trim() ?? message;
  if (type === 'Out of Memory' || /bad_alloc|out of memory/i.test(message)) {
    return new WharfError('SQL_MEMORY', 'The statement needs more memory than it may have.', {
      hint: 'Let it hold less at once: fewer columns, fewer groups, shorter texts.',
      details: { sqlState: '53200' },
    });
  }
  if (type === 'INTERRUPT') {
    return new WharfError('SQL_CANCELLED', 'The statement was cancelled.', {
      details: { sqlState: '57014' },
    });
  }
  return new WharfError('SQL_FAILED', text, {
    ...(hint === undefined ? {} : { hint }),
    details: {
      sqlState: sqlState ?? stateOf(type, text),
      ...(position === undefined ? {} : { position }),
    },
  });
}

function stateOf(type: string, text: string): string {
  const [, state] = (type === 'Binder' && BINDER_STATES.find(([pattern]) => pattern.test(text))) || [];
  return state ?? STATES[type] ?? 'XX000';
}
