import { describe, expect, it } from 'vitest';
import { rulePages } from './rule-pages.ts';
import { ALL_RULES } from './rules/all-rules.ts';

describe('the reference of rules', () => {
  const pages = rulePages();

  it('has a page a rule that shows what is really printed, and a list of all', () => {
    expect(pages.size).toBe(ALL_RULES.length + 1);
    for (const rule of ALL_RULES) {
      const name = `${rule.code.toLowerCase().replaceAll('_', '-')}.md`;
      const page = pages.get(`rules/${name}`) ?? '';
      expect(page).toContain(`error[${rule.code}]: `);
      expect(page).toContain(rule.law);
      expect(pages.get('rules/README.md')).toContain(`[${rule.code}](${name})`);
    }
  });

  it('is the same every time, so that it can be checked in', () => {
    expect([...rulePages()]).toEqual([...pages]);
  });
});
