import type { CheckOptions } from './check-mesh.ts';
import { checkFiles } from './check-mesh.ts';
import type { LoadedMesh } from './load-mesh.ts';
import type { FoundFile } from './source/find-spec-files.ts';
import { misnamed } from './source/find-spec-files.ts';
import { MemoryFiles } from './source/mesh-files.ts';

/** Checks a mesh given as texts by path: for the examples of the reference and for tests. */
export function loadTexts(texts: Readonly<Record<string, string>>, options: CheckOptions): LoadedMesh {
  const sources = new Map(Object.entries({ 'mesh.yaml': 'mesh: example\n', ...texts }));
  const found: FoundFile[] = [];
  for (const [path, text] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const problem = misnamed(path);
    if (problem) found.push({ path, text: undefined, problem });
    else if (path === 'mesh.yaml' || path.endsWith('.product.yaml')) found.push({ path, text });
  }
  return { ...checkFiles(found, new MemoryFiles(sources), options), sources };
}
