/** Values of parameters as they come in a Bind message. */
import type { SqlParam } from '../../kit/sql.ts';
import { readArrayText } from '../../protocols/postgres/array-text.ts';
import { ProtocolViolation } from '../../protocols/postgres/protocol-violation.ts';
import { readBinary, readBinaryArray, utf8Text } from '../../protocols/postgres/read-binary.ts';
import { engineTypeOfOid, pgTypeOf } from '../../schema/pg-type.ts';
import { SessionError } from './session-error.ts';

/** No format: all text; one: for all; else one each. */
export function formatAt(formats: readonly number[], i: number): number {
  return (formats.length === 1 ? formats[0] : formats[i]) ?? 0;
}

export interface ParamSource {
  readonly value: Buffer | null;
  /** 0 text, 1 binary. */
  readonly format: number;
  /** From 0. */
  readonly index: number;
  /** The type that the client gave it, 0 where it gave none. */
  readonly oid: number;
  /** The type that the engine found, by its name. */
  readonly engineType: string;
}

/** Lists go on as JSON, which is exact, and the same for whoever asks. Throws SessionError. */
export function readParam({ value, format, index, oid: given, engineType }: ParamSource): SqlParam {
  const oid = given || pgTypeOf(engineType).oid;
  const type = engineTypeOfOid(oid);
  if (value === null) return { text: null, type };
  try {
    const text = type?.endsWith('[]') ? listText(value, format) : scalarText(value, format, oid);
    if (text !== undefined) return { text, type };
  } catch (error) {
    if (!(error instanceof ProtocolViolation) && !(error instanceof RangeError)) throw error;
    throw new SessionError('22P03', `The value of $${index + 1} cannot be read: ${error.message}.`);
  }
  throw new SessionError(
    '0A000',
    `Parameter $${index + 1} has a type (OID ${oid}) that is read as text only.`,
  );
}

function scalarText(value: Buffer, format: number, oid: number): string | undefined {
  return format === 0 ? utf8Text(value) : readBinary(value, oid);
}

function listText(value: Buffer, format: number): string | undefined {
  const items = format === 0 ? readArrayText(utf8Text(value)) : readBinaryArray(value, readBinary);
  return items && JSON.stringify(items);
}
