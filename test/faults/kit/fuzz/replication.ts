/** Bytes that claim to be Postgres' logical replication are read, or are no message (a RangeError); never more is made of them than there is. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { decodeReplication } from '../../../../src/protocols/postgres/pgoutput.ts';
import { damaged, fuzzTarget } from './target.ts';

const int = (bytes: number, number: number) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(number, Math.max(0, bytes - 6), Math.min(bytes, 6));
  return buffer;
};
const zero = (text: string) => Buffer.from(`${text}\0`);
const column = fc.oneof(
  fc.constantFrom('n', 'u').map((kind) => Buffer.from(kind)),
  fc.string({ maxLength: 12, unit: 'grapheme' }).map((text) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from('t'), int(4, bytes.length), bytes]);
  }),
);
const tuple = fc
  .array(column, { maxLength: 4 })
  .map((columns) => Buffer.concat([int(2, columns.length), ...columns]));
const relation = fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }).map((names) => {
  const columns = names.flatMap((name) => [
    int(1, 1),
    zero(name.replaceAll('\0', '')),
    int(4, 20),
    int(4, 0),
  ]);
  return Buffer.concat([
    Buffer.from('R'),
    int(4, 7),
    zero('public'),
    zero('t'),
    Buffer.from('d'),
    int(2, names.length),
    ...columns,
  ]);
});
const message = fc.oneof(
  relation,
  tuple.map((row) => Buffer.concat([Buffer.from('I'), int(4, 7), Buffer.from('N'), row])),
  fc
    .tuple(tuple, tuple, fc.constantFrom('K', 'O'))
    .map(([old, row, kind]) =>
      Buffer.concat([Buffer.from('U'), int(4, 7), Buffer.from(kind), old, Buffer.from('N'), row]),
    ),
  tuple.map((old) => Buffer.concat([Buffer.from('D'), int(4, 7), Buffer.from('K'), old])),
  fc.constant(Buffer.concat([Buffer.from('T'), int(4, 1), int(1, 0), int(4, 7)])),
  fc.constant(Buffer.concat([Buffer.from('B'), int(8, 5), int(8, 6), int(4, 7)])),
  fc.constant(Buffer.concat([Buffer.from('C'), int(1, 0), int(8, 5), int(8, 6), int(8, 7)])),
);
const sent = message.map(
  (bytes) => new Uint8Array(Buffer.concat([Buffer.from('w'), Buffer.alloc(24), bytes])),
);
const SNIPPETS = ['', 'n', 'u', 't', 'K', 'O', 'N', '\0', '\xff\xff\xff\xff', '\x7f\xff\xff\xff'];

export const replication = fuzzTarget(
  'messages of replication',
  200_000,
  fc.oneof(
    { weight: 4, arbitrary: damaged(sent, SNIPPETS) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
  ),
  (bytes) => {
    try {
      const found = JSON.stringify(decodeReplication(Buffer.from(bytes)), (_name, value) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      assert.ok(
        (found ?? '').length <= 400 + 60 * bytes.length,
        `${bytes.length} bytes became ${found?.length} characters`,
      );
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
    }
  },
);
