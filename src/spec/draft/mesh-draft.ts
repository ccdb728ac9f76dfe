import type { Declarations } from '../../schema/options.ts';
import type { Availability } from '../availability.ts';
import type { MeshFiles } from '../source/mesh-files.ts';
import type { MapEntry, SpecNode } from '../source/node.ts';
import type { FieldResolver } from './field-resolver.ts';
import type { ProductDraft, ProductIndex } from './product-draft.ts';

/** The mesh as far as it could be read: what the rules look at. */
export interface MeshDraft {
  readonly files: MeshFiles;
  readonly declarations: Declarations;
  readonly availability: Availability;
  /** The root of mesh.yaml. */
  readonly root: SpecNode | undefined;
  /** Why there is no root: mesh.yaml is absent, holds nothing, or could not be read (and that is reported). */
  readonly meshFile: 'absent' | 'empty' | 'unread' | 'read';
  readonly domains: readonly MapEntry[];
  readonly teams: readonly MapEntry[];
  readonly connections: readonly MapEntry[];
  readonly policies: readonly MapEntry[];
  readonly defaults: SpecNode | undefined;
  /** In the order of their files. */
  readonly products: readonly ProductDraft[];
  readonly index: ProductIndex;
  readonly resolver: FieldResolver;
}
