import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** Anyone may use its products, where they do not say who may. */
const OPEN_MESH = 'mesh: test\ndefaults: { access: [{ allow: [anyone] }] }\n';

/** A mesh in a temporary folder, from the texts of its files. */
export async function meshFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder('mesh');
  for (const [name, text] of Object.entries({ 'mesh.yaml': OPEN_MESH, ...files })) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

/** The spec of `test.items`, with the rest of it as YAML. */
export function itemsSpec(rest: string): string {
  return `product: test.items
version: 1.0.0
status: active
owner: test
alignment: source
tier: silver
purpose: To be tested.
access:
  - { allow: [anyone] }
${rest}`;
}

const PATIENCE_MS = 120_000;

/** Until the value is what is expected, or the patience is gone; the last value then fails the test that asked. */
export async function eventually<T>(read: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (isRight(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
