/** Ways through a mesh that several rules share. */
import type { Declaration, OptionField } from '../../schema/options.ts';
import { entriesOf, type MapNode, type ScalarNode, type SpecNode, textOf, valueAt } from '../source/node.ts';
import { fieldAndBelow } from './draft-field.ts';
import type { MeshDraft } from './mesh-draft.ts';
import type { DatasetDraft, FieldDraft, ProductDraft } from './product-draft.ts';

/** Every field of the mesh: of datasets and of external inputs, with what is below them. */
export function* everyField(mesh: MeshDraft): Generator<FieldDraft> {
  for (const product of mesh.products) {
    for (const dataset of product.datasets) for (const field of dataset.fields) yield* fieldAndBelow(field);
    for (const input of product.inputs) for (const field of input.fields) yield* fieldAndBelow(field);
  }
}

export function* everyDataset(
  mesh: MeshDraft,
): Generator<{ readonly product: ProductDraft; readonly dataset: DatasetDraft }> {
  for (const product of mesh.products) for (const dataset of product.datasets) yield { product, dataset };
}

/** An option as somebody wrote it. */
export interface WrittenOption {
  readonly product: ProductDraft;
  readonly option: OptionField;
  readonly node: SpecNode;
  /** The map that holds all options of that connector. */
  readonly holder: MapNode;
}

/** Every written option of inputs, outputs and deliveries whose connector is known. */
export function* everyOption(mesh: MeshDraft): Generator<WrittenOption> {
  for (const product of mesh.products) {
    for (const input of product.inputs) yield* optionsIn(product, input.declaration, input.node);
    for (const { key, value } of entriesOf(valueAt(product.root, 'outputs'))) {
      yield* optionsIn(product, named(mesh.declarations.ports, key), value);
    }
    for (const { value } of entriesOf(valueAt(product.root, 'deliver'))) {
      yield* optionsIn(product, named(mesh.declarations.deliveries, valueAt(value, 'to')), value);
    }
  }
}

function named(declarations: readonly Declaration[], node: SpecNode | undefined): Declaration | undefined {
  const name = textOf(node);
  return declarations.find((d) => d.name === name);
}

function* optionsIn(
  product: ProductDraft,
  declaration: Declaration | undefined,
  holder: SpecNode,
): Generator<WrittenOption> {
  if (!declaration || holder.kind !== 'map') return;
  for (const option of declaration.options) {
    const node = valueAt(holder, option.name);
    if (node) yield { product, option, node, holder };
  }
}

/** The scalars of an option that may be a list. */
export function scalarsOf(node: SpecNode): ScalarNode[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.filter((item): item is ScalarNode => item.kind === 'scalar' && item.type !== 'null');
}
