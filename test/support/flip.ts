import { open } from 'node:fs/promises';

/** Changes one bit of the last byte of each place where a text stands in a file, as a failing disk does. Returns how many there were. */
export async function flipAtText(file: string, text: string): Promise<number> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(size);
    await handle.read(bytes, 0, size, 0);
    let count = 0;
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
      await flipBit(handle, at + text.length - 1);
      count += 1;
    }
    return count;
  } finally {
    await handle.close();
  }
}

export async function flipInMiddle(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await flipBit(handle, Math.floor((await handle.stat()).size / 2));
  } finally {
    await handle.close();
  }
}

async function flipBit(handle: Awaited<ReturnType<typeof open>>, at: number): Promise<void> {
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await handle.write(byte, 0, 1, at);
}
