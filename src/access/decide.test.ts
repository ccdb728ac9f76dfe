import { describe, expect, it } from 'vitest';
import type { AccessRule } from '../spec/model.ts';
import { type Ask, decide, type Guarded } from './decide.ts';
import { ANYONE, OPERATOR, type Principal } from './principal.ts';

const ANA: Principal = { kind: 'user', name: 'ana', teams: ['planning'], attributes: {} };
const NOW_MS = Date.UTC(2026, 10, 21, 12);

function rule(more: Partial<AccessRule>): AccessRule {
  return {
    effect: 'allow',
    who: ['anyone'],
    ports: undefined,
    actions: undefined,
    rows: undefined,
    mask: {},
    purpose: undefined,
    until: undefined,
    place: { file: 'a.product.yaml', line: 1, column: 1 } as AccessRule['place'],
    ...more,
  };
}

function product(...access: AccessRule[]): Guarded {
  return { id: 'shop.orders@1', name: 'shop.orders', owner: 'sales', access };
}

function decided(access: AccessRule[], more: Partial<Ask> = {}) {
  return decide(product(...access), { principal: ANA, action: 'read', port: 'rest', nowMs: NOW_MS, ...more });
}

const all = { allowed: true, sight: { kind: 'all' } };
const refused = { allowed: false };

describe('a decision', () => {
  it.each<[string, AccessRule[], Partial<Ask>, object]>([
    ['nobody without a rule', [], {}, refused],
    ['anyone where it says so', [rule({})], { principal: ANYONE }, all],
    ['a user by name', [rule({ who: ['user:ana'] })], {}, all],
    ['not another user', [rule({ who: ['user:bob'] })], {}, refused],
    ['not a service of the same name', [rule({ who: ['service:ana'] })], {}, refused],
    ['a member of a team', [rule({ who: ['team:planning'] })], {}, all],
    ['through the ports that are named', [rule({ ports: ['rest'] })], {}, all],
    ['through no other port', [rule({ ports: ['sql'] })], {}, refused],
    ['what is named', [rule({ actions: ['read'] })], {}, all],
    ['nothing else', [rule({ actions: ['discover'] })], {}, refused],
    ['the running of a product only where it is named', [rule({})], { action: 'manage' }, refused],
    ['for the purpose that is named', [rule({ purpose: 'audit' })], { purpose: 'audit' }, all],
    ['for no other purpose', [rule({ purpose: 'audit' })], {}, refused],
    ['on the last day', [rule({ until: '2026-11-21' })], {}, all],
    ['not on the day after', [rule({ until: '2026-11-20' })], {}, refused],
    ['nobody who is denied', [rule({}), rule({ effect: 'deny', who: ['user:ana'] })], {}, refused],
    ['others than those denied', [rule({}), rule({ effect: 'deny', who: ['user:bob'] })], {}, all],
    ['a denial whatever the purpose', [rule({}), rule({ effect: 'deny', purpose: 'ads' })], {}, refused],
    ['the owner', [], { principal: { ...ANA, teams: ['sales'] }, action: 'manage' }, all],
    ['the operator', [], { principal: OPERATOR, action: 'manage' }, all],
    [
      'no more than a token is for',
      [rule({})],
      { principal: { ...ANA, scope: { products: ['shop.stock'] } } },
      refused,
    ],
    [
      'a token for the product',
      [rule({})],
      { principal: { ...ANA, scope: { products: ['shop.orders'] } } },
      all,
    ],
    [
      'an operator within the scope',
      [],
      { principal: { ...OPERATOR, scope: { actions: ['discover'] } } },
      refused,
    ],
  ])('allows %s', (_what, access, more, expected) => {
    expect(decided(access, more)).toEqual(expected);
  });

  it('adds up what several rules show', () => {
    const mask = { note: null };
    expect(decided([rule({ rows: 'n > 1' }), rule({ who: ['team:planning'], mask })])).toEqual({
      allowed: true,
      sight: {
        kind: 'part',
        shown: [
          { rows: 'n > 1', mask: {} },
          { rows: undefined, mask },
        ],
        hidden: [],
      },
    });
  });

  it('hides the rows of a denial, whatever else is shown', () => {
    expect(decided([rule({}), rule({ effect: 'deny', rows: 'secret' })])).toEqual({
      allowed: true,
      sight: { kind: 'part', shown: [{ rows: undefined, mask: {} }], hidden: ['secret'] },
    });
  });
});
