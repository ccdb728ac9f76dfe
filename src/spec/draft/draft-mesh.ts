import type { Declarations } from '../../schema/options.ts';
import type { Availability } from '../availability.ts';
import type { MeshFiles } from '../source/mesh-files.ts';
import { entriesOf, type SpecNode, valueAt } from '../source/node.ts';
import { draftProduct } from './draft-product.ts';
import { FieldResolver } from './field-resolver.ts';
import type { MeshDraft } from './mesh-draft.ts';
import type { ProductDraft, ProductIndex } from './product-draft.ts';

export interface DraftParts {
  readonly files: MeshFiles;
  readonly declarations: Declarations;
  readonly availability: Availability;
  readonly meshRoot: SpecNode | undefined;
  readonly meshFile: MeshDraft['meshFile'];
  readonly productRoots: readonly SpecNode[];
  /** Product names that could be guessed of files which could not be read. */
  readonly unread: ReadonlySet<string>;
}

/** Everything that could be read of a mesh. */
export function draftMesh(parts: DraftParts): MeshDraft {
  const root = parts.meshRoot;
  const products = parts.productRoots.flatMap((node) =>
    node.kind === 'map' ? [draftProduct(node, parts.declarations)] : [],
  );
  const index = indexProducts(products, parts.unread);
  return {
    files: parts.files,
    declarations: parts.declarations,
    availability: parts.availability,
    root,
    meshFile: parts.meshFile,
    domains: entriesOf(valueAt(root, 'domains')),
    teams: entriesOf(valueAt(root, 'teams')),
    connections: entriesOf(valueAt(root, 'connections')),
    policies: entriesOf(valueAt(root, 'policies')),
    defaults: valueAt(root, 'defaults'),
    products,
    index,
    resolver: new FieldResolver(index),
  };
}

function indexProducts(products: readonly ProductDraft[], unread: ReadonlySet<string>): ProductIndex {
  const byName = new Map<string, ProductDraft[]>();
  const byId = new Map<string, ProductDraft>();
  for (const product of products) {
    if (product.name === undefined) continue;
    const majors = byName.get(product.name);
    if (majors) majors.push(product);
    else byName.set(product.name, [product]);
    if (product.id !== undefined && !byId.has(product.id)) byId.set(product.id, product);
  }
  for (const majors of byName.values()) majors.sort((a, b) => (b.major ?? -1) - (a.major ?? -1));
  return { byName, byId, unread };
}
