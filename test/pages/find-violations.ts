/** What axe finds against WCAG 2.2 AA: everything in the light scheme, and what the dark one changes. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

const PLACES_TOLD = 3;
const RULES = {
  light: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] },
  dark: { type: 'rule', values: ['color-contrast'] },
} as const;

/** A line for each rule that is broken, with where. The page stays in the light scheme. */
export async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const found = [...(await violationsIn(page, 'light'))];
  await change(page, 'dark');
  found.push(...(await violationsIn(page, 'dark')));
  await change(page, 'light');
  return found;
}

async function change(page: Page, scheme: keyof typeof RULES): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
}

async function violationsIn(page: Page, scheme: keyof typeof RULES): Promise<string[]> {
  const options = JSON.stringify({ runOnly: RULES[scheme], resultTypes: ['violations'] });
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, ${options})`);
  return violations.map(({ id, nodes }) => {
    const places = nodes.slice(0, PLACES_TOLD).map(({ target }) => target.join(' '));
    return `${scheme} ${id}: ${places.join(' | ')}`;
  });
}
