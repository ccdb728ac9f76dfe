/** One product, that all ports serve. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { itemsSpec } from '../../../support/mesh-folder.ts';
import { FIELDS } from '../../../support/questions.ts';

export const PORTS_PRODUCT = 'test.items/v1';
export const PORTS_PATH = `/p/${PORTS_PRODUCT}`;

const OUTPUTS =
  'outputs:\n  rest: {}\n  sql: {}\n  stream: {}\n  files: {}\n  chart: { mark: point, x: day, y: amount }\n';

/** Writes the mesh; returns its folder. */
export function writePortsMesh(folder: string): string {
  const mesh = path.join(folder, 'mesh');
  mkdirSync(mesh, { recursive: true });
  writeFileSync(path.join(mesh, 'mesh.yaml'), 'mesh: test\ndefaults: { access: [{ allow: [anyone] }] }\n');
  const spec = itemsSpec(`inputs:\n  source: { from: push }\n${FIELDS}${OUTPUTS}`);
  writeFileSync(path.join(mesh, 'items.product.yaml'), spec);
  return mesh;
}
