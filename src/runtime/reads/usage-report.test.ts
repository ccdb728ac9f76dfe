import { expect, it } from 'vitest';
import { ACTIVE_MS, UsageMeter } from './usage-meter.ts';
import { addedUp } from './usage-report.ts';

const PRODUCT = 'flights.departures@1';

function count(day: string, port: string, consumer: string, reads: number, lastMs = 0) {
  return { product: PRODUCT, day, port, consumer, reads, rows: reads * 10, lastMs };
}

it('names those who read most first, with all their ports and when they read last', () => {
  const counts = [
    count('2026-01-02', 'rest', 'user:ana', 2, 5_000),
    count('2026-01-01', 'sql', 'user:bo', 4, 1_000),
    count('2026-01-01', 'sql', 'user:ana', 3, 9_000),
  ];
  const report = addedUp(counts, new Map([['user:bo', 17]]));
  expect(report.consumers).toEqual([
    {
      consumer: 'user:ana',
      ports: ['rest', 'sql'],
      reads: 5,
      rows: 50,
      lastAt: '1970-01-01T00:00:09.000Z',
      position: null,
    },
    {
      consumer: 'user:bo',
      ports: ['sql'],
      reads: 4,
      rows: 40,
      lastAt: '1970-01-01T00:00:01.000Z',
      position: 17,
    },
  ]);
  expect(report.days).toEqual([
    { day: '2026-01-01', reads: 7 },
    { day: '2026-01-02', reads: 2 },
  ]);
});

it('counts those whom it does not name', () => {
  const counts = Array.from({ length: 30 }, (_, i) => count('2026-01-01', 'rest', `user:u${i}`, 1));
  const report = addedUp(counts, new Map());
  expect([report.reads, report.consumersTotal, report.consumers.length]).toEqual([30, 30, 20]);
});

it('knows how far somebody has read who reads just now, and not of who has gone', () => {
  let nowMs = 0;
  const meter = new UsageMeter(() => nowMs);
  const read = (consumer: string, position: number) =>
    meter.read({ product: PRODUCT, port: 'rest', consumer, position, rows: 1 });
  read('user:gone', 5);
  nowMs = ACTIVE_MS + 1;
  read('user:ana', 9);
  read('user:ana', 3);
  expect([...meter.positions(PRODUCT)]).toEqual([['user:ana', 9]]);
  expect([...meter.positions('flights.routes@1')]).toEqual([]);
});
