/** What is wrong with rules of access by the specs alone: ports that a product does not have, and inputs whose owners do not let a product read them. */
import { decide } from '../../access/decide.ts';
import type { Diagnostic } from '../../spec/diagnostic.ts';
import type { AccessRule, Mesh, Product, ProductInput } from '../../spec/model.ts';
import './errors.ts';
import { DELIVER_PORT, DERIVE_PORT } from './ports-within.ts';

export function accessProblems(mesh: Mesh, nowMs: number): Diagnostic[] {
  const products = new Map(mesh.products.map((product) => [product.id, product]));
  return mesh.products.flatMap((product) => [
    ...silence(product),
    ...product.access.flatMap((rule) => portProblems(product, rule)),
    ...product.inputs.flatMap((input) => {
      const read = input.kind === 'product' ? products.get(input.product) : undefined;
      return read && input.kind === 'product' ? inputProblems(product, input, read, nowMs) : [];
    }),
  ]);
}

function silence({ id, owner, access, place }: Product): Diagnostic[] {
  if (access.length > 0) return [];
  return [
    {
      code: 'ACCESS_OWNER_ONLY',
      severity: 'warning',
      message: `Nobody but ${owner} may use ${id}, or know of it: it does not say who else may.`,
      place,
      hint: 'Say so in the product, such as "access: [{ allow: [anyone] }]", or for all products in the "defaults" of mesh.yaml.',
    },
  ];
}

function portProblems({ id, outputs }: Product, { ports = [], place }: AccessRule): Diagnostic[] {
  const known = [...outputs.map(({ port }) => port), DELIVER_PORT];
  return ports
    .filter((port) => !known.includes(port))
    .map((port) => ({
      code: 'ACCESS_INVALID',
      severity: 'error',
      message: `The access rule names the port "${port}", which ${id} does not have.`,
      place,
      hint: `It has: ${known.join(', ')}.`,
    }));
}

/** A product reads an input as a whole or not at all: what it makes of a part would be something else. */
function inputProblems(
  product: Product,
  { place }: ProductInput,
  read: Product,
  nowMs: number,
): Diagnostic[] {
  const principal = { kind: 'product', name: product.name, teams: [product.owner], attributes: {} } as const;
  const decision = decide(read, { principal, action: 'read', port: DERIVE_PORT, nowMs });
  if (decision.allowed && decision.sight.kind === 'all') return [];
  const lack = decision.allowed ? 'lets it see a part only' : 'does not allow it';
  return [
    {
      code: 'ACCESS_INVALID',
      severity: 'error',
      message: `${product.id} reads ${read.id}, whose owner ${lack}.`,
      place,
      hint: `Ask ${read.owner} to add to the access of ${read.name}: - { allow: ["product:${product.name}"] }`,
    },
  ];
}
