import { WharfError } from '../../base/errors.ts';
import type { ErrorFields } from '../../protocols/postgres/backend-messages.ts';

/** An error of the session itself, with its SQLSTATE. */
export class SessionError extends Error {
  readonly state: string;
  readonly hint: string | undefined;

  constructor(state: string, message: string, hint?: string) {
    super(message);
    this.state = state;
    this.hint = hint;
  }
}

const STATES: Readonly<Record<string, string>> = {
  AT_INVALID: '22023',
  AT_FUTURE: '22023',
  POSITION_GONE: '22023',
  POSITION_UNKNOWN: '22023',
  ENGINE_CLOSED: '57P01',
};

/**
 * What a client is told of anything that was thrown; what is not meant for it, only that it was. `at` is where the statement begins in
 * the text that the client sent.
 */
export function errorFields(thrown: unknown, at = 0): ErrorFields {
  if (thrown instanceof SessionError)
    return { severity: 'ERROR', state: thrown.state, message: thrown.message, hint: thrown.hint };
  if (!(thrown instanceof WharfError)) {
    const message = 'Something went wrong on our side; the log has the details.';
    return { severity: 'ERROR', state: 'XX000', message };
  }
  const { sqlState, position } = thrown.details ?? {};
  return {
    severity: 'ERROR',
    state: typeof sqlState === 'string' ? sqlState : (STATES[thrown.code] ?? 'XX000'),
    message: thrown.message,
    hint: thrown.hint,
    position: typeof position === 'number' ? at + position + 1 : undefined,
  };
}
