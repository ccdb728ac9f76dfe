/** Reads an Arrow file from its buffers, because the library's own accessors give times as rounded numbers. */
import { type Data, type DataType, Type, tableFromIPC } from 'apache-arrow';
import { canonicalNumber } from './read-ports.ts';

/** Values as `parseExact` has them; dates and times as ISO 8601 texts, bytes as base64. */
export function arrowRows(bytes: Uint8Array): Record<string, unknown>[] {
  const table = tableFromIPC(bytes);
  return table.batches.flatMap((batch) =>
    Array.from({ length: batch.numRows }, (_, row) =>
      Object.fromEntries(
        batch.schema.fields.map((field, i) => [field.name, valueAt(batch.data.children[i] as Data, row)]),
      ),
    ),
  );
}

function valueAt(data: Data, row: number): unknown {
  if (!data.getValid(row)) return null;
  const type: DataType = data.type;
  switch (type.typeId) {
    case Type.Int:
    case Type.Float: {
      const value: unknown = data.values[row];
      return canonicalNumber(Object.is(value, -0) ? '-0' : String(value));
    }
    case Type.Decimal:
      return decimal(data, row);
    case Type.Bool:
      return ((data.values[(data.offset + row) >> 3] >> ((data.offset + row) & 7)) & 1) === 1;
    case Type.Utf8:
      return Buffer.from(slice(data, row)).toString('utf8');
    case Type.Binary:
      return Buffer.from(slice(data, row)).toString('base64');
    case Type.Date:
      return new Date(data.values[row] * 86_400_000).toISOString().slice(0, 10);
    case Type.Time:
      return microsText(data.values[row]).slice('1970-01-01T'.length);
    case Type.Timestamp:
      return microsText(data.values[row]) + ((type as { timezone?: string | null }).timezone ? 'Z' : '');
    case Type.Struct:
      return Object.fromEntries(
        (type.children ?? []).map((child, i) => [child.name, valueAt(data.children[i] as Data, row)]),
      );
    case Type.List: {
      const [from, to] = [data.valueOffsets[row] ?? 0, data.valueOffsets[row + 1] ?? 0];
      return Array.from({ length: to - from }, (_, i) => valueAt(data.children[0] as Data, from + i));
    }
    default:
      throw new Error(`no reading of the Arrow type ${type}`);
  }
}

function slice(data: Data, row: number): Uint8Array {
  return data.values.subarray(data.valueOffsets[row], data.valueOffsets[row + 1]);
}

function decimal(data: Data, row: number): string {
  const words = data.values.subarray(row * 4, row * 4 + 4) as Uint32Array;
  const unsigned = words.reduceRight((all, word) => (all << 32n) | BigInt(word), 0n);
  const value = BigInt.asIntN(128, unsigned);
  const { scale } = data.type as DataType & { readonly scale: number };
  return canonicalNumber(scale === 0 ? `${value}` : `${value}e-${scale}`);
}

/** Without the zeros that end a fraction. */
export function microsText(micros: bigint): string {
  const seconds = micros >= 0n ? micros / 1_000_000n : -((-micros + 999_999n) / 1_000_000n);
  const fraction = String(micros - seconds * 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const text = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  return fraction === '' ? text : `${text}.${fraction}`;
}
