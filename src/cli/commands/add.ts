import path from 'node:path';
import type { ProductDraft } from '../../catalog/draft-product.ts';
import { type Added, addProduct } from '../../runtime/add/add-product.ts';
import { checkMesh } from '../../runtime/check/check-mesh.ts';
import { loadDeclarations } from '../../runtime/serve.ts';
import type { Command } from '../command.ts';
import { MESH_OPTION, meshFolder } from '../mesh-folder.ts';
import { meshInvalid } from '../mesh-invalid.ts';
import { plural } from '../plural.ts';
import type { Terminal } from '../terminal.ts';
import { PRODUCT_SCHEMA_FILE, writeSchemas } from '../write-schemas.ts';

export const addCommand: Command = {
  name: 'add',
  summary: 'look at a file of data, and write the spec of a product that captures it',
  arguments: [{ name: '<file or url>', doc: 'CSV, JSON, NDJSON or Parquet; also with .gz' }],
  options: [
    MESH_OPTION,
    {
      flags: '--domain <domain>',
      doc: 'the domain of the product (default: the only one, or the name of the mesh)',
    },
    { flags: '--owner <team>', doc: 'the owner of the product (default: the owner of the domain)' },
  ],
  examples: ['wharf add orders.csv', 'wharf add https://example.com/prices.json --domain market'],
  async run({ arguments: [source], options, registries, terminal }) {
    const folder = meshFolder(options.mesh as string | undefined);
    const { mesh, diagnostics } = await checkMesh(folder, registries);
    if (!mesh) throw meshInvalid(diagnostics);
    await writeSchemas(folder, await loadDeclarations(registries));
    const added = await addProduct({
      mesh,
      source: source ?? '',
      schema: PRODUCT_SCHEMA_FILE,
      ...(options.domain ? { domain: String(options.domain) } : {}),
      ...(options.owner ? { owner: String(options.owner) } : {}),
    });
    const after = await checkMesh(folder, registries);
    if (terminal.json)
      terminal.printJson({
        product: added.draft.product,
        spec: added.spec,
        rows: added.draft.rows,
        ok: after.mesh !== undefined,
        diagnostics: after.diagnostics,
      });
    else tell(added, path.relative(process.cwd(), folder), terminal);
    return after.mesh ? 0 : 1;
  },
};

function tell({ draft, file, spec }: Added, folder: string, terminal: Terminal): void {
  if (file.how !== 'inside') terminal.print(`${file.relative} was ${file.how} into the mesh folder.`);
  terminal.print(
    `${terminal.style('bold', draft.product)} is declared in ${path.join(folder, spec)}: ${plural(draft.rows, 'record')}, ${plural(draft.fields.length, 'field')}, key ${keyText(draft)}.`,
  );
  if (draft.unreadable > 0)
    terminal.print(
      `${plural(draft.unreadable, 'record is broken in itself', 'records are broken in themselves')} and will be rejected.`,
    );
  terminal.print(terminal.style('dim', 'Read it, say in it what the data is for, then: wharf up'));
}

function keyText({ key }: ProductDraft): string {
  if (key === 'row') return 'the whole row';
  return key === 'none' ? 'none' : key.join(', ');
}
