import { describe, expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { setMembers } from './set-members.ts';

describe('correcting a rejected document from the command line', () => {
  it('sets a member and leaves every other digit alone', () => {
    expect(setMembers('{"id":9007199254740993,"delay":"x","f":1.50}', ['delay=15'])).toBe(
      '{"id":9007199254740993,"delay":15,"f":1.50}',
    );
  });

  it('takes what is not JSON as text', () => {
    expect(setMembers('{"a":1}', ['name=A 12', 'gone=null', 'code="7"'])).toBe(
      '{"a":1,"name":"A 12","gone":null,"code":"7"}',
    );
  });

  it('reaches into lists and objects', () => {
    expect(setMembers('{"items":[{"sku":1},{"sku":2}]}', ['items.1.sku=A1', 'place.city=Ulm'])).toBe(
      '{"items":[{"sku":1},{"sku":"A1"}],"place":{"city":"Ulm"}}',
    );
  });

  it('mends a repeated name', () => {
    expect(setMembers('{"a":1,"b":2,"a":3}', ['a=4'])).toBe('{"a":4,"b":2}');
  });

  it('says which path leads nowhere', () => {
    expect(() => setMembers('{"a":[1]}', ['a.3=1'])).toThrow(UsageError);
    expect(() => setMembers('{"a":1}', ['a.b=1'])).toThrow(/names a member "b"/);
    expect(() => setMembers('not json', ['a=1'])).toThrow(/not JSON/);
    expect(() => setMembers('{}', ['a'])).toThrow(/path=value/);
  });
});
