import { expect, it } from 'vitest';
import type { Dataset } from '../../schema/field.ts';
import { mayBeNull } from './of-keys.ts';

const field = { name: 'city', type: 'string', required: true } as const;
const dataset = (key: Dataset['key']): Dataset => ({ name: 'd', key, fields: [field], extra: 'refuse' });

it('looks for nulls in a field that became required after rows without it had come', () => {
  expect(mayBeNull(dataset('none'), field)).toBe(true);
  expect(mayBeNull(dataset('row'), field)).toBe(true);
  expect(mayBeNull(dataset(['city']), field)).toBe(false);
});
