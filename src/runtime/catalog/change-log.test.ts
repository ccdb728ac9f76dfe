import { expect, it } from 'vitest';
import { type Declared, entriesOf } from './change-log.ts';

const HOUR_MS = 3_600_000;

function record(position: number, hour: number, field: string | null, parts: Declared['parts']): Declared {
  return { position, timeMs: hour * HOUR_MS + position, field, parts };
}

const FIRST = [
  record(1, 0, null, { version: '1.0.0', status: 'active' }),
  record(2, 0, 'flights.delay', { type: 'integer', unit: null }),
  record(3, 0, 'flights.origin', { type: 'string', unit: null }),
];

it('begins with the first declaration, of which nothing is a change', () => {
  expect(entriesOf(FIRST)).toEqual([
    { at: '1970-01-01T00:00:00.001Z', version: '1.0.0', changes: [], isFirst: true },
  ]);
});

it('says what a new version added, removed and changed, the newest first', () => {
  const [newest, ...others] = entriesOf([
    ...FIRST,
    record(4, 5, null, { version: '1.1.0', status: 'active' }),
    record(5, 5, 'flights.delay', { type: 'integer', unit: 'minutes' }),
    record(6, 5, 'flights.origin', null),
    record(7, 5, 'flights.airport', { type: 'string', unit: null }),
  ]);
  const whole = { part: null, from: null, to: null };
  expect(newest).toEqual({
    at: '1970-01-01T05:00:00.004Z',
    version: '1.1.0',
    isFirst: false,
    changes: [
      { of: 'product', kind: 'changed', part: 'version', from: '1.0.0', to: '1.1.0' },
      { of: 'field flights.delay', kind: 'changed', part: 'unit', from: null, to: 'minutes' },
      { of: 'field flights.origin', kind: 'removed', ...whole },
      { of: 'field flights.airport', kind: 'added', ...whole },
    ],
  });
  expect(others).toHaveLength(1);
});

it('tells of a field that changed under the same version, and not of what is not shown', () => {
  const [entry, first] = entriesOf([
    ...FIRST,
    record(4, 5, 'flights.delay', { type: 'number', unit: null }),
    record(5, 9, null, { version: '1.0.0', status: 'active' }),
  ]);
  expect(entry).toMatchObject({
    version: '1.0.0',
    changes: [{ part: 'type', from: 'integer', to: 'number' }],
  });
  expect(first?.isFirst).toBe(true);
});
