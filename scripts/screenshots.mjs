// Pictures of the main pages, light and dark, in docs/pages: serves Skyline from a folder of its own and looks at it with a Chromium.
//   node scripts/screenshots.mjs
// The sizes are small enough to be kept beside the documents that show them.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import chromiumPackage from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const VIEWPORT = { width: 1280, height: 800 };
const QUALITY = 72;
const SETTLE_MS = 1_500;
const READY_MS_MAX = 120_000;
const SQL =
  'select day, sum(delay_minutes) as minutes\nfrom flights.airport_delays\ngroup by day order by day';

const PAGES = {
  find: '/?q=deprtures',
  product: '/p/flights.departures/v1',
  lineage: '/lineage',
  columns: '/p/airports.scorecard/v1/lineage?level=columns&column=airports.scorecard@1/mean_delay',
  explore: `/explore?show=chart&sql=${encodeURIComponent(SQL)}`,
  chart: '/p/airports.scorecard/v1/chart',
  quality: '/p/hazards.bird-strikes/v1/quality',
  operate: '/operate?open=flights.departures%401',
};

process.chdir(path.join(import.meta.dirname, '..'));
const data = mkdtempSync(path.join(os.tmpdir(), 'wharf-screenshots-'));
const folder = path.join('docs', 'pages');
mkdirSync(folder, { recursive: true });

const { spawn } = await import('node:child_process');
const wharf = spawn(
  process.execPath,
  ['bin/wharf.js', 'up', 'examples/skyline', '--port', '0', '--data', data],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const url = await servedAt(wharf.stdout);
  await untilReady(url);
  const executablePath = process.env.WHARF_CHROMIUM ?? (await chromiumPackage.executablePath());
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({
      viewport: VIEWPORT,
      colorScheme,
      timezoneId: 'UTC',
      locale: 'en-GB',
    });
    for (const [name, address] of Object.entries(PAGES)) {
      await page.goto(`${url}${address}`);
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      await page.waitForTimeout(SETTLE_MS);
      const file = path.join(folder, `${name}-${colorScheme}.jpg`);
      await page.screenshot({ path: file, type: 'jpeg', quality: QUALITY });
      console.log(file);
    }
    await page.close();
  }
  await browser.close();
} finally {
  wharf.kill();
  await new Promise((resolve) => wharf.once('exit', resolve));
  rmSync(data, { recursive: true, force: true });
}

function servedAt(output) {
  return new Promise((resolve, reject) => {
    let text = '';
    output.on('data', (chunk) => {
      text += chunk;
      const url = /served at (http:\S+)/.exec(text)?.[1];
      if (url) resolve(url);
    });
    output.once('end', () => reject(new Error(`wharf up ended: ${text}`)));
  });
}

async function untilReady(url) {
  const deadline = Date.now() + READY_MS_MAX;
  while (!(await fetch(`${url}/readyz`)).ok) {
    if (Date.now() > deadline) throw new Error(`Skyline was not read within ${READY_MS_MAX / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
