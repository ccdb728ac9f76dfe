/** Everything that can be known of a mesh before it runs: the rules of the spec, then the transforms bound by the engine. */
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { randomName } from '../../base/random.ts';
import { startEngine } from '../../engine/start-engine.ts';
import type { Registries } from '../../kit/registry.ts';
import { loadDeclarations } from '../../kit/registry.ts';
import type { Field } from '../../schema/field.ts';
import { type Diagnostic, orderDiagnostics } from '../../spec/diagnostic.ts';
import { loadMesh } from '../../spec/load-mesh.ts';
import type { Mesh, Product } from '../../spec/model.ts';
import { bindDerive } from '../../transform/bind-derive.ts';
import { bindTransform } from '../../transform/bind-transform.ts';
import { isDerived } from '../../transform/derive-plan.ts';
import { bindTypescript } from '../../transform/typescript/bind-typescript.ts';
import { typescriptProducts } from '../../transform/typescript/type-declarations.ts';
import { accessProblems } from '../access/access-problems.ts';
import { bindAccess, hasConditions } from '../access/bind-access.ts';
import { mayReveal, revealProblems } from '../access/revealed-columns.ts';
import { bindDeliveries, hasDeliveries } from '../deliver/bind-deliveries.ts';
import { bindQuality, hasChecks, promiseProblems } from '../quality/bind-quality.ts';
import { certificateProblems } from './certificate-problems.ts';
import { mappedInputProblems } from './mapped-inputs.ts';

const CHECK_ENGINE_MEMORY_MB = 256;

export interface CheckedMesh {
  /** Undefined when there is any error. */
  readonly mesh: Mesh | undefined;
  /** The mesh as its specs declare it, also when a transform is wrong. */
  readonly declared: Mesh | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The text of each spec file, for drawing the places. */
  readonly sources: ReadonlyMap<string, string>;
}

export async function checkMesh(folder: string, registries: Registries): Promise<CheckedMesh> {
  const { mesh, diagnostics, sources } = await loadMesh(folder, await loadDeclarations(registries));
  if (!mesh) return { mesh, declared: mesh, diagnostics, sources };
  const all = orderDiagnostics([
    ...diagnostics,
    ...promiseProblems(mesh),
    ...(await mappedInputProblems(mesh, registries.inputs)),
    ...accessProblems(mesh, systemClock.nowMs()),
    ...(await certificateProblems(mesh, systemClock.nowMs())),
    ...(await bindAll(mesh, registries)),
  ]);
  const isBroken = all.some((diagnostic) => diagnostic.severity === 'error');
  return { mesh: isBroken ? undefined : mesh, declared: mesh, diagnostics: all, sources };
}

async function bindAll(mesh: Mesh, registries: Registries): Promise<Diagnostic[]> {
  const derived = mesh.products.filter(isDerived);
  const mapped = mesh.products.filter((p) => p.transform?.language === 'sql' && !derived.includes(p));
  const products = new Map(mesh.products.map((product) => [product.id, product]));
  const typescript: Diagnostic[] = [];
  // One after another: each takes processes of its own.
  for (const product of typescriptProducts(mesh.products))
    typescript.push(...(await bindTypescript(product, products)));
  const nowMs = systemClock.nowMs();
  const hasOthers = hasChecks(mesh) || hasConditions(mesh) || hasDeliveries(mesh) || mayReveal(mesh, nowMs);
  if (derived.length + mapped.length === 0 && !hasOthers) return typescript;
  const temporaryFolder = path.join(os.tmpdir(), `wharf-check-${randomName()}`);
  const engine = startEngine({
    role: 'trusted',
    temporaryFolder,
    memoryMb: CHECK_ENGINE_MEMORY_MB,
    threads: 1,
    log: silentLog,
  });
  try {
    const found = await Promise.all([
      ...mapped.map((product) => bindTransform(engine, { product, inputs: inputFields(product) })),
      ...derived.map((product) => bindDerive(engine, product, products)),
    ]);
    const transforms = [...typescript, ...found.flat()];
    const isBroken = transforms.some(({ severity }) => severity === 'error');
    return [
      ...transforms,
      ...(await bindQuality(engine, mesh)),
      ...(await bindAccess(engine, mesh)),
      // What a query makes of its inputs is known of one that is right.
      ...(isBroken ? [] : await revealProblems(engine, mesh, nowMs)),
      ...(await bindDeliveries(engine, mesh, registries.deliveries)),
    ];
  } finally {
    await engine.close();
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

function inputFields(product: Product): Map<string, readonly Field[]> {
  return new Map(
    product.inputs.flatMap((input) =>
      input.kind === 'external' ? [[input.name, input.fields ?? []] as const] : [],
    ),
  );
}
