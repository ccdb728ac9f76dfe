import { codeOf, messageOf, WharfError } from '../../base/errors.ts';
import type { EngineFailure } from '../messages.ts';

function ownFailure({ code, message, hint, details }: WharfError): EngineFailure {
  const sqlState = details?.sqlState;
  return {
    type: code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(typeof sqlState === 'string' ? { sqlState } : {}),
  };
}

interface EngineErrorJson {
  readonly exception_type?: string;
  readonly exception_message?: string;
  /** UTF-8 bytes from the statement's beginning, as text. */
  readonly position?: string;
}

/** What was thrown while `statement` ran, in a form that crosses the process border; places are left out where it is undefined. */
export function readFailure(thrown: unknown, statement: string | undefined): EngineFailure {
  if (thrown instanceof WharfError) return ownFailure(thrown);
  const text = messageOf(thrown);
  const system = codeOf(thrown);
  const json = engineJson(text);
  if (!json) return { type: system ?? 'Unknown', message: text, fatal: isFatal(text) };
  const type = json.exception_type ?? 'Unknown';
  const message = json.exception_message ?? text;
  const position =
    json.position === undefined || statement === undefined
      ? undefined
      : codeUnits(statement, Number(json.position));
  return {
    type,
    message,
    fatal: isFatal(type) || isFatal(message),
    ...(position === undefined ? {} : { position }),
  };
}

function engineJson(text: string): EngineErrorJson | undefined {
  const start = text.indexOf('{"exception_type"');
  if (start < 0) return undefined;
  try {
    return JSON.parse(text.slice(start)) as EngineErrorJson;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** After a fatal error DuckDB refuses everything until the database is opened again. */
function isFatal(text: string): boolean {
  return /^fatal\b/i.test(text) || text.includes('database has been invalidated');
}

function codeUnits(statement: string, utf8Bytes: number): number | undefined {
  if (!Number.isSafeInteger(utf8Bytes) || utf8Bytes < 0) return undefined;
  return Buffer.from(statement, 'utf8').subarray(0, utf8Bytes).toString('utf8').length;
}
