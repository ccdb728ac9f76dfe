import semverParse from 'semver/functions/parse.js';
import type { Declarations } from '../../schema/options.ts';
import { besideFile } from '../source/mesh-files.ts';
import {
  entriesOf,
  itemsOf,
  type MapNode,
  type ScalarNode,
  type SpecNode,
  textAt,
  valueAt,
} from '../source/node.ts';
import { draftFields } from './draft-field.ts';
import type { DatasetDraft, InputDraft, ProductDraft, TransformDraft } from './product-draft.ts';
import { parseProductReference } from './references.ts';

/** A product file's content, as far as it can be read. */
export function draftProduct(root: MapNode, declarations: Declarations): ProductDraft {
  const name = textAt(root, 'product');
  const dot = name?.indexOf('.') ?? -1;
  const version = textAt(root, 'version');
  const major = version === undefined ? undefined : semverParse(version)?.major;
  const shortName = name !== undefined && dot > 0 ? name.slice(dot + 1) : name;
  return {
    file: root.file,
    root,
    nameNode: valueAt(root, 'product'),
    name,
    domain: name !== undefined && dot > 0 ? name.slice(0, dot) : undefined,
    shortName,
    version,
    major,
    id: name !== undefined && major !== undefined ? `${name}@${major}` : undefined,
    datasets: draftDatasets(root, name, shortName),
    inputs: entriesOf(valueAt(root, 'inputs')).map((e) => draftInput(e.key, e.value, declarations)),
    transform: draftTransform(valueAt(root, 'transform')),
  };
}

function draftDatasets(
  root: MapNode,
  product: string | undefined,
  shortName: string | undefined,
): DatasetDraft[] {
  const extra = textAt(root, 'extra') === 'keep' ? 'keep' : 'refuse';
  const several = valueAt(root, 'datasets');
  const drafts = entriesOf(several).flatMap((e) =>
    e.value.kind === 'map' ? [draftDataset(e.key.text, e.key, e.value, { product, extra })] : [],
  );
  const inline = valueAt(root, 'fields') ?? valueAt(root, 'key');
  if (inline === undefined) return drafts;
  const nameNode = valueAt(root, 'product') ?? root;
  return [draftDataset(shortName ?? 'rows', nameNode, root, { product, extra }), ...drafts];
}

interface DatasetContext {
  readonly product: string | undefined;
  readonly extra: 'refuse' | 'keep';
}

function draftDataset(
  name: string,
  nameNode: SpecNode,
  node: MapNode,
  context: DatasetContext,
): DatasetDraft {
  const keyNode = valueAt(node, 'key');
  const word =
    keyNode?.kind === 'scalar' && (keyNode.text === 'row' || keyNode.text === 'none')
      ? keyNode.text
      : undefined;
  const extra = textAt(node, 'extra');
  return {
    product: context.product,
    name,
    node,
    nameNode,
    keyNode,
    keyWord: word,
    keyParts: word ? [] : itemsOf(keyNode).filter((item): item is ScalarNode => item.kind === 'scalar'),
    fields: draftFields(valueAt(node, 'fields'), 'dataset'),
    extra: extra === 'keep' || extra === 'refuse' ? extra : context.extra,
  };
}

function draftInput(nameNode: ScalarNode, node: SpecNode, declarations: Declarations): InputDraft {
  const from = valueAt(node, 'from');
  const product = node.kind === 'scalar' ? node : from === undefined ? valueAt(node, 'product') : undefined;
  const reference = product?.kind === 'scalar' ? parseProductReference(product.text) : undefined;
  const fieldsNode = valueAt(node, 'fields');
  return {
    name: nameNode.text,
    nameNode,
    node,
    product: product?.kind === 'scalar' && reference ? { node: product, reference } : undefined,
    from: from?.kind === 'scalar' ? from : undefined,
    declaration: from?.kind === 'scalar' ? declarations.inputs.find((d) => d.name === from.text) : undefined,
    fieldsNode,
    fields: draftFields(fieldsNode, 'source'),
  };
}

const SQL_FILE = /^[^\s]+\.sql$/;

function draftTransform(node: SpecNode | undefined): TransformDraft | undefined {
  if (node?.kind !== 'map') return undefined;
  const sql = valueAt(node, 'sql');
  const source = sql ?? valueAt(node, 'typescript');
  const sourceNode = source?.kind === 'scalar' ? source : undefined;
  const isFile = sourceNode !== undefined && (sql === undefined || SQL_FILE.test(sourceNode.text));
  return {
    node,
    language: source === undefined ? undefined : sql === undefined ? 'typescript' : 'sql',
    sourceNode,
    path: sourceNode && isFile ? besideFile(node.file.path, sourceNode.text) : undefined,
  };
}
