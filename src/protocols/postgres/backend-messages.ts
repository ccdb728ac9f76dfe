/** What a Postgres server sends (protocol 3.0). */

export interface FieldDescription {
  readonly name: string;
  readonly oid: number;
  readonly size: number;
  readonly modifier: number;
  /** 0 text, 1 binary. */
  readonly format: number;
}

export interface ErrorFields {
  readonly severity: 'ERROR' | 'FATAL' | 'NOTICE';
  readonly state: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** From 1, in characters. */
  readonly position?: number | undefined;
}

export type TransactionStatus = 'I' | 'T' | 'E';

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(`${value.replaceAll('\0', '')}\0`, 'utf8');
}

export const authenticationOk = (): Buffer => message('R', int32(0));
/** The password as it is, in a message of its own. */
export const authenticationCleartext = (): Buffer => message('R', int32(3));
/** The mechanisms of which a client may choose one. */
export const authenticationSasl = (mechanisms: readonly string[]): Buffer =>
  message('R', int32(10), ...mechanisms.map(text), Buffer.from([0]));
export const authenticationSaslContinue = (data: string): Buffer =>
  message('R', int32(11), Buffer.from(data));
export const authenticationSaslFinal = (data: string): Buffer => message('R', int32(12), Buffer.from(data));
export const parameterStatus = (name: string, value: string): Buffer => message('S', text(name), text(value));
export const backendKeyData = (pid: number, secret: number): Buffer =>
  message('K', int32(pid), int32(secret));
export const readyForQuery = (status: TransactionStatus): Buffer => message('Z', Buffer.from(status));
export const parseComplete = (): Buffer => message('1');
export const bindComplete = (): Buffer => message('2');
export const closeComplete = (): Buffer => message('3');
export const noData = (): Buffer => message('n');
export const portalSuspended = (): Buffer => message('s');
export const emptyQueryResponse = (): Buffer => message('I');
export const commandComplete = (tag: string): Buffer => message('C', text(tag));
export const copyDone = (): Buffer => message('c');
export const copyData = (bytes: Uint8Array): Buffer => message('d', Buffer.from(bytes));

/** All columns as text. */
export function copyOutResponse(columns: number): Buffer {
  return message('H', Buffer.from([0]), int16(columns), ...Array.from({ length: columns }, () => int16(0)));
}

export function parameterDescription(oids: readonly number[]): Buffer {
  return message('t', int16(oids.length), ...oids.map(int32));
}

export function rowDescription(fields: readonly FieldDescription[]): Buffer {
  const parts = fields.map(({ name, oid, size, modifier, format }) =>
    Buffer.concat([text(name), int32(0), int16(0), int32(oid), int16(size), int32(modifier), int16(format)]),
  );
  return message('T', int16(fields.length), ...parts);
}

export function dataRow(cells: readonly (string | null)[]): Buffer {
  const parts = cells.map((cell) => {
    if (cell === null) return int32(-1);
    const bytes = Buffer.from(cell, 'utf8');
    return Buffer.concat([int32(bytes.length), bytes]);
  });
  return message('D', int16(cells.length), ...parts);
}

export function errorResponse({ severity, state, message: words, hint, position }: ErrorFields): Buffer {
  const field = (code: string, value: string) => text(`${code}${value}`);
  return message(
    severity === 'NOTICE' ? 'N' : 'E',
    field('S', severity),
    field('V', severity),
    field('C', state),
    field('M', words),
    ...(hint ? [field('H', hint)] : []),
    ...(position === undefined ? [] : [field('P', String(position))]),
    Buffer.from([0]),
  );
}
