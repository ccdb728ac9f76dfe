/**
 * Products as far as they could be read: what the rules look at.
 *
 * Everything may be missing or wrong here; whatever cannot be understood is undefined, and some rule says so. Each part
 * keeps its nodes, so that a rule can point at it.
 */
import type { Declaration } from '../../schema/options.ts';
import type { MapNode, ScalarNode, SpecNode } from '../source/node.ts';
import type { SpecFile } from '../source/spec-file.ts';
import type { FieldReference, ProductReference } from './references.ts';
import type { TypeText } from './type-text.ts';

export interface ProductIndex {
  /** All majors under a name, the newest first. */
  readonly byName: ReadonlyMap<string, readonly ProductDraft[]>;
  readonly byId: ReadonlyMap<string, ProductDraft>;
  /** Names of products whose files could not be read: nothing is said of them elsewhere. */
  readonly unread: ReadonlySet<string>;
}

export interface ProductDraft {
  readonly file: SpecFile;
  readonly root: MapNode;
  readonly nameNode: SpecNode | undefined;
  readonly name: string | undefined;
  readonly domain: string | undefined;
  readonly shortName: string | undefined;
  readonly version: string | undefined;
  readonly major: number | undefined;
  readonly id: string | undefined;
  readonly datasets: readonly DatasetDraft[];
  readonly inputs: readonly InputDraft[];
  readonly transform: TransformDraft | undefined;
}

export interface DatasetDraft {
  readonly product: string | undefined;
  readonly name: string;
  readonly node: MapNode;
  readonly nameNode: SpecNode;
  readonly keyNode: SpecNode | undefined;
  readonly keyWord: 'row' | 'none' | undefined;
  /** The names of the key's fields; empty for `row`, `none` and nonsense. */
  readonly keyParts: readonly ScalarNode[];
  readonly fields: readonly FieldDraft[];
  readonly extra: 'refuse' | 'keep';
}

export type FieldStanding = 'dataset' | 'nested' | 'source';

export interface FieldDraft {
  readonly name: string;
  readonly nameNode: SpecNode;
  readonly node: SpecNode;
  readonly standing: FieldStanding;
  readonly typeNode: ScalarNode | undefined;
  readonly type: TypeText | undefined;
  readonly reuse: { readonly node: ScalarNode; readonly reference: FieldReference } | undefined;
  readonly fields: readonly FieldDraft[];
  readonly items: FieldDraft | undefined;
}

export interface InputDraft {
  readonly name: string;
  readonly nameNode: SpecNode;
  readonly node: SpecNode;
  /** A product that is read. */
  readonly product: { readonly node: ScalarNode; readonly reference: ProductReference } | undefined;
  /** The connector of an external input, known or not. */
  readonly from: ScalarNode | undefined;
  readonly declaration: Declaration | undefined;
  readonly fieldsNode: SpecNode | undefined;
  readonly fields: readonly FieldDraft[];
}

export interface TransformDraft {
  readonly node: MapNode;
  readonly language: 'sql' | 'typescript' | undefined;
  readonly sourceNode: ScalarNode | undefined;
  /** Relative to the mesh folder; undefined when the source is inline. */
  readonly path: string | undefined;
}
