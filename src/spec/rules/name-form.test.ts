import { describe, expect, it } from 'vitest';
import { diagnosticsIn, problemsIn } from '../test-support/problems-in.ts';
import { fieldExample, keyedExample, productExample } from './example-mesh.ts';

describe('name form', () => {
  const named = (name: string) => ({
    'a.product.yaml': (keyedExample('')['departures.product.yaml'] ?? '').replace('flights.departures', name),
  });

  it('tells a Cyrillic a from a Latin one, which nobody can see', () => {
    const [problem] = diagnosticsIn(named('flights.dep\u0430rtures'));
    expect(problem?.message).toBe(
      'The name "flights.dep\u0430rtures" contains "\u0430" (U+0430), which only looks like the letter "a".',
    );
  });

  it.each([
    'flights',
    'flights..x',
    'flights.x.y',
    'Flights.x',
    'flights.x_y',
    `flights.${'x'.repeat(64)}`,
    '../x.y',
    '1a.b',
  ])('refuses the product name %s', (name) => {
    expect(problemsIn(named(name)).some((p) => p.startsWith('SPEC_NAME 1:10'))).toBe(true);
  });

  it('proposes a name that would do', () => {
    const hints = diagnosticsIn(
      productExample('key: none\nfields: { DelayMinutes: integer, "Cost: Total $": number, 1st: date }\n'),
    ).map((d) => d.hint);
    expect(hints).toEqual(['Write "delay_minutes".', 'Write "cost_total".', 'Write "st".']);
  });

  it('allows any text as the name of a field of a source', () => {
    const body =
      'inputs: { a: { from: push, fields: { "Cost: Total $": string, É: date } } }\ntransform: { sql: select 1 }\n';
    expect(problemsIn(keyedExample(body))).toEqual([]);
  });

  it('checks the names of nested fields too', () => {
    expect(problemsIn(fieldExample('{ type: object, fields: { Lat: number } }'))).toHaveLength(1);
  });
});
