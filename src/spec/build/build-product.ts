import { present } from '../../base/assert.ts';
import { parseDuration } from '../../base/duration.ts';
import type { Dataset, Field } from '../../schema/field.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { DatasetDraft, FieldDraft, InputDraft, ProductDraft } from '../draft/product-draft.ts';
import { ALIGNMENTS, STATUSES, TIERS } from '../grammar/product-grammar.ts';
import type { Delivery, Input, Output, Product, Transform } from '../model.ts';
import { entriesOf, placeOf, textAt, textOf, valueAt } from '../source/node.ts';
import { buildOptions } from './build-options.ts';
import { buildAccess, buildChecks, buildMasks, buildSlo, textsOf } from './build-promises.ts';
import { maskClasses } from './mask-classes.ts';

/** The model of a product whose draft broke no rule. */
export function buildProduct(mesh: MeshDraft, draft: ProductDraft): Product {
  const { root } = draft;
  const said = (key: string) => textAt(root, key) ?? textAt(mesh.defaults, key);
  const tier = oneOf(TIERS, said('tier')) ?? 'bronze';
  const history = said('history');
  const gate = textAt(root, 'gate');
  const datasets = draft.datasets.map((dataset) => buildDataset(mesh, dataset));
  return {
    name: present(draft.name, 'a checked product has a name'),
    domain: present(draft.domain, 'a checked product has a domain'),
    shortName: present(draft.shortName, 'a checked product has a short name'),
    version: present(draft.version, 'a checked product has a version'),
    major: present(draft.major, 'a checked product has a major version'),
    id: present(draft.id, 'a checked product has an id'),
    status: oneOf(STATUSES, said('status')) ?? 'active',
    owner: ownerOf(mesh, draft),
    alignment:
      oneOf(ALIGNMENTS, said('alignment')) ?? (draft.inputs.some((i) => i.product) ? 'aggregate' : 'source'),
    tier,
    purpose: present(textAt(root, 'purpose'), 'a checked product has a purpose'),
    doc: textAt(root, 'doc'),
    tags: textsOf(valueAt(root, 'tags')),
    inputs: draft.inputs.map((input) => buildInput(mesh, input)),
    transform: buildTransform(mesh, draft),
    datasets,
    historyMs: history === undefined ? undefined : parseDuration(history),
    slo: buildSlo(valueAt(root, 'slo')),
    gate: gate === undefined ? tier === 'gold' : gate === 'true',
    checks: buildChecks(valueAt(root, 'checks')),
    outputs: buildOutputs(mesh, draft),
    deliveries: buildDeliveries(mesh, draft),
    access: maskClasses(
      buildAccess(valueAt(root, 'access') ?? valueAt(mesh.defaults, 'access')),
      datasets,
      buildMasks(valueAt(mesh.root, 'masks')),
    ),
    place: placeOf(draft.nameNode ?? root),
  };
}

function ownerOf(mesh: MeshDraft, draft: ProductDraft): string {
  const domain = mesh.domains.find((candidate) => candidate.key.text === draft.domain);
  const owner =
    textAt(draft.root, 'owner') ?? textAt(domain?.value, 'owner') ?? textAt(mesh.defaults, 'owner');
  return present(owner, 'a checked product has an owner');
}

function oneOf<T extends string>(known: readonly T[], text: string | undefined): T | undefined {
  return known.find((candidate) => candidate === text);
}

function buildFields(mesh: MeshDraft, drafts: readonly FieldDraft[]): Field[] {
  return drafts.map((draft) => present(mesh.resolver.resolve(draft), 'a checked field resolves'));
}

function buildDataset(mesh: MeshDraft, draft: DatasetDraft): Dataset {
  const key = draft.keyWord ?? draft.keyParts.map((part) => part.text);
  return { name: draft.name, key, fields: buildFields(mesh, draft.fields), extra: draft.extra };
}

function buildInput(mesh: MeshDraft, draft: InputDraft): Input {
  const place = placeOf(draft.nameNode);
  if (draft.product) return { kind: 'product', name: draft.name, product: draft.product.reference.id, place };
  const declaration = present(draft.declaration, 'a checked input has a known connector');
  return {
    kind: 'external',
    name: draft.name,
    from: declaration.name,
    options: buildOptions(declaration, draft.node),
    fields: draft.fieldsNode ? buildFields(mesh, draft.fields) : undefined,
    place,
  };
}

function buildTransform(mesh: MeshDraft, draft: ProductDraft): Transform | undefined {
  const { transform } = draft;
  if (!transform?.sourceNode || !transform.language) return undefined;
  const { path, sourceNode, node, language } = transform;
  const text = path === undefined ? textOf(sourceNode) : mesh.files.text(path);
  return {
    language,
    source: present(text, 'the source of a checked transform can be read'),
    file: path,
    mode: oneOf(['merge', 'rekey', 'refresh', 'reduce'] as const, textAt(node, 'mode')),
    every: textAt(node, 'every'),
    place: placeOf(sourceNode),
  };
}

/** As written; all ports with their defaults when nothing is. */
function buildOutputs(mesh: MeshDraft, draft: ProductDraft): Output[] {
  const { ports } = mesh.declarations;
  const outputs = valueAt(draft.root, 'outputs');
  if (outputs === undefined) {
    const place = placeOf(draft.nameNode ?? draft.root);
    return ports.map((port) => ({ port: port.name, options: buildOptions(port, undefined), place }));
  }
  return entriesOf(outputs).map(({ key, value }) => {
    const port = present(
      ports.find((p) => p.name === key.text),
      'a checked port is known',
    );
    return { port: port.name, options: buildOptions(port, value), place: placeOf(key) };
  });
}

function buildDeliveries(mesh: MeshDraft, draft: ProductDraft): Delivery[] {
  return entriesOf(valueAt(draft.root, 'deliver')).map(({ key, value }) => {
    const to = textAt(value, 'to');
    const delivery = present(
      mesh.declarations.deliveries.find((d) => d.name === to),
      'a checked delivery is known',
    );
    return { name: key.text, to: delivery.name, options: buildOptions(delivery, value), place: placeOf(key) };
  });
}
