import { expect, it } from 'vitest';
import { completions } from './sql-completion.ts';

const TABLES = [
  { schema: 'flights', table: 'departures', columns: ['origin', 'delay'] },
  { schema: 'flights', table: 'routes', columns: ['origin', 'destination'] },
  { schema: 'system', table: 'checks', columns: ['product'] },
];

it.each([
  ['select * from fl', '', ['flights.'], 'fl'],
  ['select * from flights.', '', ['flights.departures', 'flights.routes'], 'flights.'],
  ['select * from flights.d', '', ['flights.departures'], 'flights.d'],
  ['select o', 'from flights.routes ', ['origin', 'order by', 'on', 'or'], 'o'],
  ['select departures.d', '', ['departures.delay'], 'departures.d'],
  ['sel', '', ['select'], 'sel'],
  ['select zzz', '', [], 'zzz'],
])('names that begin as the last word does are offered: %s', (line, before, wanted, word) => {
  expect(completions(line, before, TABLES)).toEqual([wanted, word]);
});
