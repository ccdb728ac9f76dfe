import { expect, it } from 'vitest';
import { ANYONE } from '../../access/principal.ts';
import type { SqlAnswer, SqlPrincipal, SqlRun, SqlService } from '../../kit/sql.ts';
import { SqlCaller } from '../sql/sql-caller.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { ObservedSql } from './observed-sql.ts';
import type { Reading } from './reading.ts';

async function consumerOf(principal: SqlPrincipal): Promise<string | undefined> {
  const heard: Reading[] = [];
  const answer = { positions: { 'shop.items@1': 7 }, page: { rows: 2 } } as unknown as SqlAnswer;
  const sql = { run: async () => answer } as unknown as SqlService;
  const tracer = { span: (_name: string, _of: object, run: () => unknown) => run() } as unknown as Tracer;
  const observer = { read: async (reading: Reading) => void heard.push(reading), more: () => undefined };
  const observed = new ObservedSql(sql, { observer, tracer, answered: () => undefined });
  await observed.run({ principal, purpose: undefined } as unknown as SqlRun);
  return heard[0]?.consumer;
}

it('tells of nobody who only calls themselves so', async () => {
  const ana = { kind: 'user', name: 'ana', teams: [], attributes: {} } as const;
  expect(await consumerOf(SqlCaller.of({ principal: ana, isValid: () => true }))).toBe('user:ana');
  expect(await consumerOf(SqlCaller.unknown('user:ana'))).toBe('anyone');
  expect(await consumerOf(SqlCaller.of({ principal: ANYONE, isValid: () => true }))).toBe('anyone');
});
