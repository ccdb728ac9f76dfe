/** A Chromium to look at the pages with: the one that WHARF_CHROMIUM names, that an npm package carries, or that the machine has. */
import { existsSync } from 'node:fs';
import chromiumPackage from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-gpu',
  '--force-color-profile=srgb',
];
/** So long that only what hangs runs into it: these machines may be busy with something else. */
const TIMEOUT_MS = 120_000;

async function candidates(): Promise<readonly string[]> {
  const named = process.env.WHARF_CHROMIUM;
  if (named) return [named];
  const carried =
    process.platform === 'linux' && process.arch === 'x64' ? [await chromiumPackage.executablePath()] : [];
  return [...carried, ...INSTALLED.filter((file) => existsSync(file))];
}

/** The first that starts. Undefined when none does, which is said; where `CI` is set, that is an error. */
export async function openBrowser(): Promise<Browser | undefined> {
  const failures: string[] = [];
  for (const executablePath of await candidates()) {
    try {
      return await chromium.launch({ executablePath, args: ARGUMENTS, timeout: TIMEOUT_MS });
    } catch (error) {
      failures.push(`${executablePath}: ${String(error).split('\n')[0]}`);
    }
  }
  const message = `No Chromium starts here, so the pages are not tested. Name one with WHARF_CHROMIUM. ${failures.join('; ')}`;
  if (process.env.CI) throw new Error(message);
  console.warn(message);
  return undefined;
}

/** What pages share: what they loaded before, and nothing that a reader did. */
export function openContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({
    colorScheme: 'light',
    viewport: { width: 1280, height: 860 },
    permissions: ['clipboard-read', 'clipboard-write'],
    // A colour that is still changing has any contrast.
    reducedMotion: 'reduce',
  });
}

/** A page that gathers what a user would never see: errors, refused styles and scripts, and dialogs. */
export async function openPage(context: BrowserContext): Promise<{ page: Page; wrong: string[] }> {
  const page = await context.newPage();
  const wrong: string[] = [];
  page.setDefaultTimeout(TIMEOUT_MS);
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // What the server refuses is told by the page itself.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      wrong.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch((error: unknown) => wrong.push(String(error)));
  });
  return { page, wrong };
}
