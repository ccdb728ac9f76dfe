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

describe('the masks of a mesh', () => {
  const FIELDS = `product: shop.people
version: 1.0.0
owner: shop
purpose: To be used.
inputs: { source: { from: push } }
key: [id]
fields:
  id: { type: string, class: pii }
  name: { type: string, class: [confidential, pii] }
  age: { type: integer, class: pii }
  home: { type: object, fields: { street: { type: string, class: confidential } } }
  open: string
`;
  const masksOf = (access: string) => {
    const mesh = 'mesh: shop\nmasks: { pii: { first: 2 }, confidential: null }\n';
    const [product] = meshOf({
      'mesh.yaml': mesh,
      'people.product.yaml': `${FIELDS}access: ${access}\n`,
    }).products;
    return product?.access.map(({ effect, who, mask }) => [effect, who, mask]);
  };
  const HIDDEN = { id: { hash: true }, name: { first: 2 }, age: null, home: null };

  it('are those of every rule without a purpose, in a form that fits each field', () => {
    expect(masksOf('[{ allow: [anyone] }]')).toEqual([['allow', ['anyone'], HIDDEN]]);
    expect(masksOf('[{ allow: [anyone], purpose: research }, { deny: "user:bo" }]')).toEqual([
      ['allow', ['anyone'], {}],
      ['deny', ['user:bo'], {}],
    ]);
  });

  it('leave a mask of the rule as it is', () => {
    expect(masksOf('[{ allow: [anyone], mask: { name: gone, open: null } }]')).toEqual([
      ['allow', ['anyone'], { ...HIDDEN, name: 'gone', open: null }],
    ]);
  });

  it('do not mean what says in its own spec what it is for', () => {
    expect(masksOf('[{ allow: ["product:shop.ages", "user:ana", "delivery:mail"] }]')).toEqual([
      ['allow', ['user:ana'], HIDDEN],
      ['allow', ['product:shop.ages', 'delivery:mail'], {}],
    ]);
  });
});
