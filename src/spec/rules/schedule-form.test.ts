import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { AIRPORTS, keyedExample } from './example-mesh.ts';

const problems = (every: string) =>
  problemsIn(
    keyedExample(
      `inputs: { a: airports.airports@1 }\ntransform: { sql: select iata as id from a, every: "${every}" }\n`,
      AIRPORTS,
    ),
  ).filter((problem) => problem.startsWith('SPEC_SCHEDULE'));

describe('schedule form', () => {
  it.each(['1h', '1d at 05:00Z', '*/5 * * * *', '0 5 * * 1 Europe/Amsterdam'])('accepts %s', (every) => {
    expect(problems(every)).toEqual([]);
  });

  it.each(['daily', '1d at 5', '* * *'])('refuses %s', (every) => {
    expect(problems(every)).toHaveLength(1);
  });

  it.each(['10ms', '0 0 30 2 *', '99 * * * *', '0 5 * * * Nowhere/Land', '1d at 99:00Z'])(
    'says that %s is never due',
    (every) => expect(problems(every).join()).toContain('is never due'),
  );
});
