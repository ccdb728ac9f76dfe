import { describe, expect, it } from 'vitest';
import { EVERYTHING_AVAILABLE } from '../availability.ts';
import { loadTexts } from '../load-texts.ts';
import { ALL_RULES } from './all-rules.ts';
import { EXAMPLE_DECLARATIONS } from './example-mesh.ts';

const options = { declarations: EXAMPLE_DECLARATIONS, availability: EVERYTHING_AVAILABLE };

describe('the examples of the reference', () => {
  it.each(ALL_RULES.map((rule) => [rule.code, rule] as const))(
    '%s: the bad one breaks that law alone',
    (code, rule) => {
      const { mesh, diagnostics } = loadTexts(rule.bad, options);
      expect([...new Set(diagnostics.map((d) => d.code))]).toEqual([code]);
      expect(mesh).toBeUndefined();
    },
  );

  it.each(ALL_RULES.map((rule) => [rule.code, rule] as const))('%s: the good one loads', (_code, rule) => {
    const { mesh, diagnostics } = loadTexts(rule.good, options);
    expect(diagnostics).toEqual([]);
    expect(mesh?.products.length).toBeGreaterThan(0);
  });

  it('every code is declared once', () => {
    expect(new Set(ALL_RULES.map((rule) => rule.code)).size).toBe(ALL_RULES.length);
  });
});
