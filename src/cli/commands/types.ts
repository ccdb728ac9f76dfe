import { loadDeclarations } from '../../kit/registry.ts';
import { writeTypes } from '../../runtime/check/write-types.ts';
import { loadMesh } from '../../spec/load-mesh.ts';
import type { Command } from '../command.ts';
import { FOLDER_ARGUMENT, meshFolder } from '../mesh-folder.ts';
import { meshInvalid } from '../mesh-invalid.ts';
import { plural } from '../plural.ts';

export const typesCommand: Command = {
  name: 'types',
  summary: 'write the types that transforms in TypeScript are handed, for editors (.wharf-types/)',
  arguments: [FOLDER_ARGUMENT],
  examples: ['wharf types', 'wharf types examples/skyline --json'],
  async run({ arguments: [folder], registries, terminal }) {
    const { mesh, diagnostics } = await loadMesh(meshFolder(folder), await loadDeclarations(registries));
    if (!mesh) throw meshInvalid(diagnostics);
    const written = await writeTypes(mesh);
    if (terminal.json) terminal.printJson(written);
    else if (written.products.length === 0) terminal.print('No product has a transform in TypeScript.');
    else {
      const what = written.files.length > 0 ? `${written.files.join(', ')} written` : 'all up to date';
      terminal.print(`${plural(written.products.length, 'product')} in TypeScript: ${what}.`);
    }
    return 0;
  },
};
