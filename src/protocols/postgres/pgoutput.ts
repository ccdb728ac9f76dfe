/**
 * The messages of Postgres' logical replication, as its plugin `pgoutput` writes them (protocol version 1), and the envelope in
 * which a walsender sends them. Values are the texts that the server's types print, never numbers.
 *
 *     XLogData   = 'w' start:int64 end:int64 clock:int64 message
 *     Keepalive  = 'k' end:int64 clock:int64 reply:byte
 *     Begin      = 'B' finalLsn:int64 commitTime:int64 xid:int32
 *     Commit     = 'C' flags:byte commitLsn:int64 endLsn:int64 time:int64
 *     Relation   = 'R' id:int32 schema:z name:z identity:byte n:int16 { key:byte name:z type:int32 modifier:int32 }
 *     Insert     = 'I' relation:int32 'N' tuple
 *     Update     = 'U' relation:int32 [('K' | 'O') tuple] 'N' tuple
 *     Delete     = 'D' relation:int32 ('K' | 'O') tuple
 *     Truncate   = 'T' n:int32 options:byte { relation:int32 }
 *     tuple      = n:int16 { 'n' | 'u' | 't' length:int32 bytes }
 *
 * The bytes may be a view that the caller overwrites: nothing of them is kept.
 */

/** Null is SQL null; undefined is a large value that the update did not change and the server did not send. */
export type TupleValue = string | null | undefined;
export type Tuple = readonly TupleValue[];

export interface RelationColumn {
  readonly name: string;
  readonly typeOid: number;
  /** Part of the replica identity. */
  readonly isKey: boolean;
}

export interface Relation {
  readonly kind: 'relation';
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly RelationColumn[];
}

export type ChangeMessage =
  | { readonly kind: 'insert'; readonly relation: number; readonly row: Tuple }
  | {
      readonly kind: 'update';
      readonly relation: number;
      /** The key as it was (other columns null), or the whole old row; undefined when the identity did not change. */
      readonly old: Tuple | undefined;
      /** True when `old` is the whole row. */
      readonly oldWhole: boolean;
      readonly row: Tuple;
    }
  | { readonly kind: 'delete'; readonly relation: number; readonly old: Tuple }
  | { readonly kind: 'truncate'; readonly relations: readonly number[] };

export type ReplicationMessage =
  | { readonly kind: 'begin'; readonly xid: number; readonly commitLsn: bigint }
  | { readonly kind: 'commit'; readonly commitLsn: bigint; readonly endLsn: bigint }
  | { readonly kind: 'keepalive'; readonly endLsn: bigint; readonly wantsReply: boolean }
  | Relation
  | ChangeMessage;

/** Undefined for messages that say nothing about rows (types, origins). Throws a RangeError for what is not of the protocol. */
export function decodeReplication(bytes: Buffer): ReplicationMessage | undefined {
  const reader = new Reader(bytes);
  const envelope = reader.letter();
  if (envelope === 'k') {
    const endLsn = reader.int64();
    reader.int64();
    return { kind: 'keepalive', endLsn, wantsReply: reader.byte() === 1 };
  }
  if (envelope !== 'w') throw new RangeError(`The walsender sent a message "${envelope}"`);
  reader.skip(24);
  return decodeMessage(reader);
}

function decodeMessage(reader: Reader): ReplicationMessage | undefined {
  const letter = reader.letter();
  switch (letter) {
    case 'B':
      return decodeBegin(reader);
    case 'C': {
      reader.byte();
      return { kind: 'commit', commitLsn: reader.int64(), endLsn: reader.int64() };
    }
    case 'R':
      return decodeRelation(reader);
    case 'I': {
      const relation = reader.int32();
      reader.letter();
      return { kind: 'insert', relation, row: reader.tuple() };
    }
    case 'U':
      return decodeUpdate(reader);
    case 'D': {
      const relation = reader.int32();
      reader.letter();
      return { kind: 'delete', relation, old: reader.tuple() };
    }
    case 'T': {
      const count = reader.int32();
      reader.byte();
      return { kind: 'truncate', relations: Array.from({ length: count }, () => reader.int32()) };
    }
    case 'Y':
    case 'O':
    case 'M':
      return undefined;
    default:
      throw new RangeError(`pgoutput sent a message "${letter}"`);
  }
}

function decodeBegin(reader: Reader): ReplicationMessage {
  const commitLsn = reader.int64();
  reader.int64();
  return { kind: 'begin', commitLsn, xid: reader.int32() >>> 0 };
}

function decodeRelation(reader: Reader): Relation {
  const id = reader.int32();
  const schema = reader.text();
  const name = reader.text();
  reader.byte();
  const columns = Array.from({ length: reader.int16() }, () => {
    const isKey = (reader.byte() & 1) === 1;
    const column = { isKey, name: reader.text(), typeOid: reader.int32() >>> 0 };
    reader.int32();
    return column;
  });
  return { kind: 'relation', id, schema: schema === '' ? 'pg_catalog' : schema, name, columns };
}

function decodeUpdate(reader: Reader): ChangeMessage {
  const relation = reader.int32();
  const letter = reader.letter();
  if (letter === 'N')
    return { kind: 'update', relation, old: undefined, oldWhole: false, row: reader.tuple() };
  const old = reader.tuple();
  reader.letter();
  return { kind: 'update', relation, old, oldWhole: letter === 'O', row: reader.tuple() };
}

const UNCHANGED = 0x75;
const NULL = 0x6e;

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(count: number): void {
    this.#at += count;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  letter(): string {
    return String.fromCharCode(this.byte());
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  int64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigUInt64BE(this.#at - 8);
  }

  text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new RangeError('A name of a replication message has no end');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  tuple(): Tuple {
    const count = this.int16();
    const values: TupleValue[] = new Array(count);
    for (let i = 0; i < count; i++) values[i] = this.#value();
    return values;
  }

  #value(): TupleValue {
    const kind = this.byte();
    if (kind === NULL) return null;
    if (kind === UNCHANGED) return undefined;
    const length = this.int32();
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }
}

/** A standby's word on how far it has come; the server may forget what lies before `flushed`. */
export function encodeStandbyStatus(flushed: bigint, clockMs: number, wantsReply: boolean): Buffer {
  const bytes = Buffer.alloc(34);
  bytes.writeUInt8(0x72, 0);
  bytes.writeBigUInt64BE(flushed, 1);
  bytes.writeBigUInt64BE(flushed, 9);
  bytes.writeBigUInt64BE(flushed, 17);
  bytes.writeBigInt64BE((BigInt(Math.floor(clockMs)) - POSTGRES_EPOCH_MS) * 1000n, 25);
  bytes.writeUInt8(wantsReply ? 1 : 0, 33);
  return bytes;
}

/** 2000-01-01, in milliseconds since 1970. */
const POSTGRES_EPOCH_MS = 946_684_800_000n;
