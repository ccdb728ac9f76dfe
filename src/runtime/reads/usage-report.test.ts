import { expect, it } from 'vitest';
import { addedUp } from './usage-report.ts';

const PRODUCT = 'flights.departures@1';

function count(day: string, port: string, consumer: string, reads: number, lastMs = 0) {
  return { product: PRODUCT, day, port, consumer, reads, rows: reads * 10, lastMs };
}

it('names those who read most first, with all their ports and when they read last', () => {
  const report = addedUp(PRODUCT, '2026-01-01', [
    count('2026-01-02', 'rest', 'user:ana', 2, 5_000),
    count('2026-01-01', 'sql', 'user:bo', 4, 1_000),
    count('2026-01-01', 'sql', 'user:ana', 3, 9_000),
  ]);
  expect(report.consumers).toEqual([
    { consumer: 'user:ana', ports: ['rest', 'sql'], reads: 5, rows: 50, lastAt: '1970-01-01T00:00:09.000Z' },
    { consumer: 'user:bo', ports: ['sql'], reads: 4, rows: 40, lastAt: '1970-01-01T00:00:01.000Z' },
  ]);
  expect(report.days).toEqual([
    { day: '2026-01-01', reads: 7 },
    { day: '2026-01-02', reads: 2 },
  ]);
});

it('counts those whom it does not name', () => {
  const counts = Array.from({ length: 30 }, (_, i) => count('2026-01-01', 'rest', `user:u${i}`, 1));
  const report = addedUp(PRODUCT, '2026-01-01', counts);
  expect([report.reads, report.consumersTotal, report.consumers.length]).toEqual([30, 30, 20]);
});
