import { describe, expect, it } from 'vitest';
import { meshOf } from '../test-support/problems-in.ts';

const SPEC = `product: shop.items
version: 1.0.0
owner: shop
purpose: To be used.
inputs: { source: { from: push } }
key: [id]
fields: { id: string }
`;

function accessOf(mesh: string, more = '') {
  const [product] = meshOf({ 'mesh.yaml': mesh, 'items.product.yaml': SPEC + more }).products;
  return product?.access.map(({ effect, who, place }) => `${effect} ${who} (${place.file})`);
}

describe('who may use a product', () => {
  it('is nobody, where nothing says who', () => {
    expect(accessOf('mesh: shop\n')).toEqual([]);
  });

  it('is who the defaults of the mesh name, unless the product says something itself', () => {
    const mesh = 'mesh: shop\ndefaults: { access: [{ allow: [anyone] }] }\n';
    expect(accessOf(mesh)).toEqual(['allow anyone (mesh.yaml)']);
    expect(accessOf(mesh, 'access: [{ allow: ["user:ana"] }]\n')).toEqual([
      'allow user:ana (items.product.yaml)',
    ]);
  });
});
