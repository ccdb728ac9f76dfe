import path from 'node:path';
import type { ProductDraft } from '../../catalog/draft-product.ts';
import type { Discovery } from '../../kit/input.ts';
import type { Registries } from '../../kit/registry.ts';
import { loadDeclarations } from '../../kit/registry.ts';
import { type Added, addProduct, onlyDomain, ownerOf } from '../../runtime/add/add-product.ts';
import { type AddedTables, addTables } from '../../runtime/add/add-tables.ts';
import { type AddedFromWeb, addWeb, isAsked } from '../../runtime/add/add-web.ts';
import { checkMesh } from '../../runtime/check/check-mesh.ts';
import type { Mesh } from '../../spec/model.ts';
import type { Command, ExitCode } from '../command.ts';
import { MESH_OPTION, meshFolder } from '../mesh-folder.ts';
import { meshInvalid } from '../mesh-invalid.ts';
import { plural } from '../plural.ts';
import type { Terminal } from '../terminal.ts';
import { PRODUCT_SCHEMA_FILE, writeSchemas } from '../write-schemas.ts';

export const addCommand: Command = {
  name: 'add',
  summary:
    'look at a file of data, an answer on the web or the tables of a database, and write specs of products that capture them',
  arguments: [
    {
      name: '<file or url>',
      doc: 'CSV, JSON, NDJSON or Parquet, also with .gz; https://..., asked again and again; or postgres://user@host/database',
    },
  ],
  options: [
    MESH_OPTION,
    {
      flags: '--domain <domain>',
      doc: 'the domain of the product (default: the only one, or the name of the mesh)',
    },
    { flags: '--once', doc: 'an address: fetch it once, and read it as a file' },
    { flags: '--owner <team>', doc: 'the owner of the product (default: the owner of the domain)' },
  ],
  examples: [
    'wharf add orders.csv',
    'wharf add https://example.com/prices.json --domain market',
    'wharf add postgres://ana@db.example.com/shop',
  ],
  async run({ arguments: [source], options, registries, terminal }) {
    const folder = meshFolder(options.mesh as string | undefined);
    const { mesh, diagnostics } = await checkMesh(folder, registries);
    if (!mesh) throw meshInvalid(diagnostics);
    await writeSchemas(folder, await loadDeclarations(registries));
    const tables = await addDiscovered(mesh, source ?? '', options, registries);
    if (tables) return tellTables(tables, terminal);
    const asked = {
      mesh,
      source: source ?? '',
      schema: PRODUCT_SCHEMA_FILE,
      ...(options.domain ? { domain: String(options.domain) } : {}),
      ...(options.owner ? { owner: String(options.owner) } : {}),
    };
    const isWeb = isAsked(asked.source) && options.once !== true;
    const added = isWeb ? await addWeb(asked) : await addProduct(asked);
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

/** Undefined when no input discovers what is at such an address. */
async function addDiscovered(
  mesh: Mesh,
  source: string,
  options: Readonly<Record<string, unknown>>,
  registries: Registries,
): Promise<(AddedTables & Pick<Discovery, 'secret'>) | undefined> {
  const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/)/.exec(source)?.[0];
  if (scheme === undefined || scheme.startsWith('http') || scheme.startsWith('file')) return undefined;
  for (const [from, load] of Object.entries(registries.inputs)) {
    const connector = await load();
    if (connector.kind !== 'pull' || !connector.discover?.schemes.includes(scheme)) continue;
    const discovery = await connector.discover.look(source);
    const domain = options.domain ? String(options.domain) : onlyDomain(mesh);
    const owner = options.owner ? String(options.owner) : ownerOf(mesh, domain);
    const added = await addTables({ mesh, discovery, from, domain, owner, schema: PRODUCT_SCHEMA_FILE });
    return { ...added, secret: discovery.secret };
  }
  return undefined;
}

function tellTables(
  { written, skipped, secret }: AddedTables & Pick<Discovery, 'secret'>,
  terminal: Terminal,
): ExitCode {
  if (terminal.json) terminal.printJson({ written, skipped, ok: written.length > 0 });
  else {
    for (const { product, spec } of written)
      terminal.print(`${terminal.style('bold', product)} is declared in ${spec}.`);
    for (const { table, why } of skipped) terminal.print(`${table} is left out: ${why}.`);
    if (secret.isGiven)
      terminal.print(terminal.style('dim', `Before wharf up: export ${secret.variable}=...`));
  }
  return written.length > 0 ? 0 : 1;
}

function tell(added: Added | AddedFromWeb, folder: string, terminal: Terminal): void {
  const { draft, spec } = added;
  const file = 'file' in added ? added.file : undefined;
  if (file === undefined)
    terminal.print('The address is asked again and again; the option "every" says how often.');
  else if (file.how !== 'inside') terminal.print(`${file.relative} was ${file.how} into the mesh folder.`);
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
