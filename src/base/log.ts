/** Operational messages: one line each on standard error, JSON when asked for. Data never goes here. */
export interface Log {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
}

/** Drops everything; for tests and for libraries' defaults. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Writes each message as one line through `write`. */
export function lineLog(write: (line: string) => void, json = false): Log {
  const at = (level: string) => (message: string, details?: Readonly<Record<string, unknown>>) => {
    const time = new Date().toISOString();
    if (json) return write(JSON.stringify({ time, level, message, ...details }));
    const more = details ? ` ${JSON.stringify(details)}` : '';
    return write(`${time.slice(11, 19)} ${level === 'info' ? '' : `${level}: `}${message}${more}`);
  };
  return { info: at('info'), warn: at('warning'), error: at('error') };
}
