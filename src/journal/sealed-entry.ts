/** Small JSON values with a checksum over key and value: `<crc32 u32><JSON>`. */
import { crc32 } from 'node:zlib';

const CRC_BYTES = 4;

export function sealEntry(key: Uint8Array, value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const entry = Buffer.allocUnsafe(CRC_BYTES + json.length);
  entry.set(json, CRC_BYTES);
  entry.writeUInt32LE(crc32(json, crc32(key)));
  return entry;
}

/** The value; undefined when the entry is not what was written under this key. */
export function openEntry(key: Uint8Array, entry: Buffer): { readonly value: unknown } | undefined {
  if (entry.length <= CRC_BYTES) return undefined;
  const json = entry.subarray(CRC_BYTES);
  if (crc32(json, crc32(key)) !== entry.readUInt32LE()) return undefined;
  return { value: JSON.parse(json.toString()) };
}
