/** The pages in a real browser, on a real server: what a reader does, and what a hostile document must not. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { present } from '../../src/base/assert.ts';
import { findServer } from '../../src/runtime/find-server.ts';
import { openBrowser, openContext, openPage } from '../support/browser.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';
import { violationsOf } from './find-violations.ts';
import { FLIGHTS, flightsBody, HOSTILE, pagesMesh } from './pages-mesh.ts';

const FIRST_VIEW_BYTES_MAX = 200_000;
const COMMAND_TIMEOUT_MS = 120_000;
const PSQL = '/usr/bin/psql';
/** More than there are to any place in the graph of the test's mesh. */
const TABS_MAX = 20;

/** Every page, and what is there once it is: `/` for whoever comes, the rest for who signed in. */
const PAGES: readonly (readonly [path: string, shown: string | RegExp])[] = [
  ['/', 'Every departure with its delay.'],
  ['/p/flights.departures/v1', /rows at position/],
  ['/p/flights.departures/v1?view=rows', 'at position'],
  ['/p/flights.departures/v1/chart', 'Show it elsewhere'],
  ['/p/flights.departures/v1?view=live', 'following'],
  ['/p/flights.departures/v1?view=use', 'pandas'],
  ['/p/flights.departures/v1?view=access', 'Ask for access'],
  ['/p/flights.departures/v1/rejects?status=all', 'Records that broke their contract'],
  ['/p/flights.airport-delays/v1/quality?check=key:rows', 'Hide history'],
  ['/p/flights.airport-delays/v1/lineage?level=columns', 'Choose a column in the graph'],
  ['/lineage', 'What is made of what'],
  ['/explore?sql=select%20origin%2C%20delay%20from%20flights.departures', 'Pin this answer'],
  ['/quality', 'Incidents'],
  ['/operate?open=flights.airport-delays@1', 'caught up'],
  ['/access', 'Agreements'],
  ['/access?view=tokens', 'Make a token'],
  ['/access?view=audit', 'Verify'],
];

/** Where names, docs, rows, records that were set aside, and answers of that product are shown. */
const HOSTILE_PAGES: readonly string[] = [
  '/?q=texts',
  '/p/odd.texts/v1',
  '/p/odd.texts/v1?view=live',
  '/p/odd.texts/v1?view=use',
  '/p/odd.texts/v1/chart',
  '/p/odd.texts/v1/quality',
  '/p/odd.texts/v1/rejects',
  '/explore?sql=select%20*%20from%20odd.texts',
];

/** Where texts of somebody who asks for access are shown, to who may decide. */
const HOSTILE_REQUEST_PAGES = ['/p/odd.texts/v1?view=access', '/access', '/access?view=audit'];

const browser: Browser | undefined = await openBrowser();

/** What is in the address follows what was done, in its own time. */
function inAddress(page: Page, name: string) {
  return expect.poll(() => new URL(page.url()).searchParams.get(name), { message: `${name} in the address` });
}

/** As a link does: the page goes on, and loads only what it has not. */
function lead(page: Page, path: string): Promise<void> {
  return page.evaluate<void>(`history.pushState(null, '', ${JSON.stringify(path)})`);
}

/** Until everything that the page is made of is there. */
async function loaded(page: Page): Promise<void> {
  await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
}

/** Where it stands once it has stopped moving. */
async function placeOf(locator: Locator) {
  let before = '';
  await expect
    .poll(
      async () => {
        const last = before;
        before = JSON.stringify(await locator.boundingBox());
        return before === last;
      },
      { interval: 200 },
    )
    .toBe(true);
  return present(await locator.boundingBox(), 'it is drawn');
}

describe.skipIf(!browser)('the pages', () => {
  let wharf: WharfProcess;
  let data: string;
  let context: BrowserContext;

  beforeAll(async () => {
    data = await temporaryFolder('pages-data');
    context = await openContext(browser as Browser);
    wharf = await WharfProcess.start({ mesh: await pagesMesh(), data });
    await push('flights.departures', flightsBody());
    await push(
      'odd.texts',
      Object.values(HOSTILE)
        .map((text, id) => JSON.stringify({ id, text }))
        .join('\n'),
    );
  });
  afterAll(async () => {
    await browser?.close();
    await wharf?.stop();
  });

  async function push(product: string, body: string): Promise<void> {
    const answer = await fetch(`${wharf.url}/p/${product}/v1/inputs/more`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body,
    });
    if (!answer.ok && answer.status !== 207 && answer.status !== 422) throw new Error(await answer.text());
  }

  async function run(command: string): Promise<string> {
    return (await promisify(execFile)('sh', ['-c', command], { timeout: COMMAND_TIMEOUT_MS })).stdout;
  }

  async function savedBy(page: Page, button: string): Promise<string> {
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: button, exact: true }).click();
    return readFile(await (await saving).path(), 'latin1');
  }

  async function signIn(page: Page, token: string, from?: Locator): Promise<void> {
    await (from ?? page.getByRole('banner').getByRole('button', { name: 'Sign in' })).click();
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  /** By keyboard: what is found first is chosen by Enter. */
  async function chooseInPalette(page: Page, words: string, about: string): Promise<void> {
    const field = page.getByPlaceholder('Search products, or go to a page');
    await field.fill(words);
    await page.locator('[role=dialog] [data-selected]', { hasText: about }).waitFor();
    await field.press('Enter');
  }

  async function secret(): Promise<string> {
    return present(await findServer(data), 'the server is up').secret;
  }

  /** Opens an address, and fails when anything went wrong behind it. */
  async function visit(path: string, look: (page: Page) => Promise<void>): Promise<void> {
    const { page, wrong } = await openPage(context);
    try {
      await page.goto(`${wharf.url}${path}`);
      await look(page);
      expect(wrong).toEqual([]);
    } finally {
      await page.close();
    }
  }

  it('finds departures by a typo, by keyboard alone', () =>
    visit('/', async (page) => {
      await page.getByText('3 products').waitFor();
      await page.keyboard.press('/');
      await page.locator('[data-slash]:focus').waitFor();
      await page.keyboard.type('deprtures');
      await inAddress(page, 'q').toBe('deprtures');
      await page.getByRole('link', { name: /^flights\.departures/ }).waitFor();
      await page.keyboard.press('Control+k');
      await chooseInPalette(page, 'airport dela', 'Delay per airport.');
      await page.getByRole('heading', { name: 'flights.airport-delays' }).waitFor();
    }));

  it('shows the promise beside what is measured, who reads it, and exact figures of the fields', async () => {
    await wharf.get('/p/flights.departures/v1/rows?limit=1');
    await visit('/p/flights.departures/v1', async (page) => {
      const promises = page.getByRole('region', { name: 'Promises and measurements' });
      await promises.getByText('promised: at most 1 d').waitFor();
      await promises.getByText('promised: 50 %').waitFor();
      const fields = page.getByRole('region', { name: 'Fields of departures' });
      await fields.getByText('30 rows at position 30').waitFor();
      await page.getByRole('region', { name: 'Consumers' }).getByText('anyone').waitFor();
      await page.getByRole('region', { name: 'Changes' }).getByText('first declared here').waitFor();
      await page.getByRole('link', { name: 'Rows', exact: true }).click();
      await page.getByRole('button', { name: 'flight', exact: true }).click();
      await page.locator('th[aria-sort=ascending]').waitFor();
      await page.getByRole('button', { name: 'flight', exact: true }).click();
      await page.getByText('9,007,199,254,740,993').waitFor();
    });
  });

  it.skipIf(!existsSync(PSQL))('gives a psql snippet that works as pasted', () =>
    visit('/p/flights.departures/v1?view=use', async (page) => {
      const card = page.getByRole('region', { name: 'psql', exact: true });
      await card.getByRole('button', { name: 'Copy' }).click();
      const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
      await expect.poll(copied).toContain('psql');
      expect(await run(await copied())).toContain('9007199254740993');
      await signIn(page, await secret());
      await page.getByLabel('A fresh token for').fill('service:etl');
      await page.getByRole('button', { name: 'Make it' }).click();
      await page.getByText('The snippets hold the token of service:etl.').waitFor();
      const snippet = card.getByRole('region', { name: 'psql snippet' });
      await expect.poll(() => snippet.innerText()).toContain('-U service:etl');
      expect(await run(await snippet.innerText())).toContain('9007199254740993');
    }),
  );

  it('filters a chart, and says so in the address', () =>
    visit('/p/flights.departures/v1/chart', async (page) => {
      await page.getByText('30 rows at position 30').waitFor();
      await page.getByLabel('Field', { exact: true }).selectOption('origin');
      await page.getByLabel('Value', { exact: true }).fill('ORD');
      await page.getByRole('button', { name: 'Filter', exact: true }).click();
      const ofOrd = FLIGHTS.filter(({ origin }) => origin === 'ORD').length;
      await page.getByText(`${ofOrd} rows at position 30`).waitFor();
      await inAddress(page, 'origin').toBe('eq.ORD');
      await page.locator('.chart-canvas canvas').waitFor();
    }));

  it('zooms into what is brushed, and gives the chart as a picture', () =>
    visit('/p/flights.departures/v1/chart', async (page) => {
      await page.getByText('30 rows at position 30').waitFor();
      const { x, y, width, height } = await placeOf(page.locator('.chart-canvas canvas'));
      await page.mouse.move(x + width / 2, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width - 20, y + height / 2, { steps: 3 });
      await page.mouse.up();
      await page.getByRole('button', { name: 'Show all of day' }).waitFor();
      const [from = '', to = ''] = new URL(page.url()).searchParams.getAll('day');
      expect([from.slice(0, 12), to.slice(0, 12)]).toEqual(['gte.2001-02-', 'lte.2001-02-']);
      const left = FLIGHTS.filter(({ day }) => day >= from.slice(4) && day <= to.slice(4)).length;
      await page.getByText(`${left} rows at position 30`).waitFor();
      expect(await savedBy(page, 'SVG')).toMatch(/^<svg/);
      expect((await savedBy(page, 'PNG')).slice(1, 4)).toBe('PNG');
      await page.getByRole('button', { name: 'Show all of day' }).click();
      await page.getByText('30 rows at position 30').waitFor();
    }));

  it('is framed by other pages only where the spec lets them, and follows the stream there', async () => {
    const { page } = await openPage(context);
    const outside = 'http://elsewhere.example/';
    const frames = ['flights.airport-delays', 'flights.departures'].map(
      (name) =>
        `<iframe src="${wharf.url}/p/${name}/v1/embed" title="${name}" width="600" height="400"></iframe>`,
    );
    await page.route(outside, (route) => route.fulfill({ contentType: 'text/html', body: frames.join('') }));
    await page.goto(outside);
    const framed = page.frameLocator('[title="flights.airport-delays"]');
    await framed.getByText(/^4 rows at position/).waitFor();
    await push('flights.departures', '{"flight":4710,"day":"2001-03-01","origin":"LAX","delay":5}');
    await framed.getByText(/^5 rows at position/).waitFor();
    const addresses = () => page.frames().map((frame) => frame.url());
    await expect.poll(addresses).toContain('chrome-error://chromewebdata/');
    await page.close();
  });

  it('follows a column upstream, to the SQL that made it', () =>
    visit('/p/flights.airport-delays/v1/lineage', async (page) => {
      await page.getByRole('button', { name: 'Columns', exact: true }).click();
      await page.locator('.mesh-columns').getByText('delay_minutes', { exact: true }).click();
      const panel = page.getByRole('complementary', { name: 'Column' });
      await panel.getByText('sum(delay)').waitFor();
      await panel.getByRole('button', { name: 'delay', exact: true }).click();
      await panel.getByText('1 column would change with it').waitFor();
      await inAddress(page, 'column').toBe('flights.departures@1/delay');
    }));

  it('shows a record as it arrives', () =>
    visit('/p/flights.departures/v1?view=live', async (page) => {
      await page.getByText('following').waitFor();
      await push('flights.departures', '{"flight":4711,"day":"2001-03-01","origin":"LAX","delay":5}');
      await page.getByText('"flight":4711').waitFor();
    }));

  it('fixes a record that was set aside, and replays it', () =>
    visit('/p/flights.departures/v1/rejects', async (page) => {
      await push('flights.departures', '{"flight":4712,"day":"2001-03-01","origin":"LAX","delay":"late"}');
      const record = page.getByLabel('The record, to be corrected');
      await record.waitFor();
      await record.fill('{"flight":4712,"day":"2001-03-01","origin":"LAX","delay":7}');
      await page.getByRole('button', { name: 'Replay', exact: true }).click();
      await page.getByRole('alert').waitFor();
      await signIn(page, await secret(), page.getByRole('button', { name: 'Sign in with a token' }));
      await page.getByRole('button', { name: 'Replay', exact: true }).click();
      await page.getByText('No record waits to be fixed.').waitFor();
      const { row } = await wharf.get<{ row: { delay: number } }>('/p/flights.departures/v1/rows/4712');
      expect(row.delay).toBe(7);
    }));

  it('asks for access, and approves it', () =>
    visit('/p/flights.departures/v1?view=access', async (page) => {
      await page.getByLabel('Who').fill('user:ana');
      await page.getByLabel('What for').fill('Planning of gates');
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await page.getByText('operations has been asked.').waitFor();
      await page.getByRole('link', { name: 'Access' }).first().click();
      await signIn(page, await secret(), page.getByRole('button', { name: 'Sign in with a token' }));
      const card = page.getByRole('article', { name: /user:ana/ });
      await card.getByRole('button', { name: 'Approve' }).click();
      await card.getByText('approved').waitFor();
    }));

  it('pauses a delivery, and lets it go on', () =>
    visit('/operate?open=flights.airport-delays@1', async (page) => {
      await signIn(page, await secret());
      const row = page.getByRole('row', { name: /copy files/ }).last();
      await row.getByText('caught up').waitFor();
      await row.getByRole('button', { name: 'Pause copy' }).click();
      await row.getByText('An operator paused it.').waitFor();
      await push('flights.departures', '{"flight":4714,"day":"2001-03-01","origin":"SEA","delay":5}');
      await row.getByText(/^\d+, /).waitFor();
      await row.getByRole('button', { name: 'Resume copy' }).click();
      await row.getByText('nothing').waitFor();
    }));

  it('says who reads a product, and how far behind they are', async () => {
    await wharf.get('/p/flights.departures/v1/rows?limit=1');
    await visit('/operate?open=flights.departures@1', async (page) => {
      const row = page.getByRole('row', { name: /^anyone/ });
      await row.getByText('nothing').waitFor();
      await row.getByText(/rest/).waitFor();
    });
  });

  it('makes a token that is shown once, and says in the audit who did', () =>
    visit('/access?view=tokens', async (page) => {
      await page.getByText('Tokens are for those who run the platform.').waitFor();
      await signIn(page, await secret());
      await page.getByLabel('Name', { exact: true }).fill('ana');
      await page.getByLabel('Only through these ports').fill('sql, rest');
      await page.getByLabel('read rows').check();
      await page.getByRole('button', { name: 'Make it' }).click();
      const given = await page.getByRole('region', { name: 'The token', exact: true }).innerText();
      const me = () => fetch(`${wharf.url}/api/me`, { headers: { Authorization: `Bearer ${given}` } });
      expect(await (await me()).json()).toMatchObject({ principal: 'user:ana' });
      await page.getByRole('button', { name: 'I have it' }).click();
      await page.getByRole('region', { name: 'The token', exact: true }).waitFor({ state: 'detached' });
      const row = page.getByRole('row', { name: /user:ana/ });
      await row.getByText('ports: sql, rest; actions: read').waitFor();
      expect(await page.content()).not.toContain(given);
      await row.getByRole('button', { name: 'Revoke the token of user:ana' }).click();
      await row.getByRole('button', { name: 'Revoke it' }).click();
      await row.waitFor({ state: 'detached' });
      expect((await me()).status).toBe(401);
      await page.getByRole('link', { name: 'Audit' }).click();
      await page.getByRole('button', { name: 'Verify' }).click();
      await page.getByText('whole', { exact: true }).waitFor();
      await page.getByRole('row', { name: /operator revoke/ }).waitFor();
    }));

  it('says that a token is wrong before anybody is signed in with it', () =>
    visit('/', async (page) => {
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByLabel('Token', { exact: true }).fill('wharf_of_nobody');
      await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('dialog').getByRole('alert').waitFor();
      expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    }));

  it('completes the columns of the tables that a statement names', () =>
    visit('/explore?sql=select%20%20from%20flights.departures', async (page) => {
      const column = page.locator('.cm-tooltip-autocomplete li', { hasText: 'origin' });
      const offered = async () => {
        await page.getByLabel('SQL', { exact: true }).press('Control+Space');
        return column.count();
      };
      await expect.poll(offered).toBe(1);
    }));

  it('opens the same answer later, from a link with the position in it', () =>
    visit('/explore?sql=select%20count(*)%20as%20n%20from%20flights.departures', async (page) => {
      await page.getByRole('button', { name: 'Pin this answer' }).click();
      await page.getByText(/^pinned at \d+$/).waitFor();
      await inAddress(page, 'at').toMatch(/^\d+$/);
      const before = await page.locator('.result td').innerText();
      const link = page.url();
      await push('flights.departures', '{"flight":4713,"day":"2001-03-01","origin":"LAX","delay":5}');
      await page.goto(link);
      await page.getByText(/^pinned at \d+$/).waitFor();
      expect(await page.locator('.result td').innerText()).toBe(before);
    }));

  it('shows a hostile document as text, wherever it comes', async () => {
    await push('odd.texts', JSON.stringify({ id: HOSTILE.markup, text: HOSTILE.script }));
    const purpose = `${HOSTILE.markup} ${HOSTILE.turned} ${HOSTILE.link} ${HOSTILE.script}`;
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const asked = await fetch(`${wharf.url}/p/odd.texts/v1/requests`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ consumer: 'user:eve', purpose, until }),
    });
    expect(await asked.text()).toContain('user:eve');
    await visit('/?q=texts', async (page) => {
      const look = async (path: string) => {
        await lead(page, path);
        await page.getByText('onerror').filter({ visible: true }).first().waitFor();
        await loaded(page);
        expect(await page.locator('main img, main script, main a[href^="javascript"]').count()).toBe(0);
      };
      for (const path of HOSTILE_PAGES) await look(path);
      await look('/p/odd.texts/v1?view=rows');
      await page.getByText('U+202E').waitFor();
      await page.getByRole('button', { name: '… 10000 characters' }).waitFor();
      await signIn(page, await secret());
      for (const path of HOSTILE_REQUEST_PAGES) {
        await look(path);
        await page.getByText('U+202E').filter({ visible: true }).first().waitFor();
      }
    });
  });

  it('leads by keyboard alone through the mesh to a product', () =>
    visit('/', async (page) => {
      await page.getByText('3 products').waitFor();
      await page.keyboard.press('Tab');
      await page.locator('a[href="#main"]:focus').waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(/#main$/);
      await page.keyboard.press('Control+k');
      await chooseInPalette(page, 'lineage', 'What is made of what');
      const graph = page.getByRole('region', { name: 'Lineage of the mesh' });
      await graph.waitFor();
      const zoom = async () => {
        const style = await page.locator('.graph-plane').getAttribute('style');
        return Number(/scale\(([\d.]+)\)/.exec(style ?? '')?.[1]);
      };
      await expect.poll(zoom).toBeGreaterThan(0);
      const before = await zoom();
      await graph.press('-');
      await expect.poll(zoom).toBeLessThan(before);
      const reached = graph.locator('a:focus', { hasText: 'flights.airport-delays' });
      for (let i = 0; i < TABS_MAX && (await reached.count()) === 0; i += 1) await page.keyboard.press('Tab');
      await reached.press('Enter');
      await page.getByRole('heading', { name: 'flights.airport-delays' }).waitFor();
    }));

  describe('can be used by everybody, in both schemes', () => {
    let page: Page;

    beforeAll(async () => {
      ({ page } = await openPage(context));
      await page.goto(`${wharf.url}/`);
      await signIn(page, await secret());
    });
    afterAll(() => page?.close());

    it.each(PAGES)('at %s', async (path, shown) => {
      await lead(page, path);
      await page.getByText(shown).filter({ visible: true }).first().waitFor();
      await loaded(page);
      expect(await violationsOf(page)).toEqual([]);
    });
  });

  it('shows the first view with little to load', async () => {
    const nothingLoaded = await openContext(browser as Browser);
    const { page } = await openPage(nothingLoaded);
    const session = await nothingLoaded.newCDPSession(page);
    let bytes = 0;
    await session.send('Network.enable');
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.goto(`${wharf.url}/`);
    await page.getByText('3 products').waitFor();
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    await nothingLoaded.close();
    expect(bytes).toBeLessThan(FIRST_VIEW_BYTES_MAX);
    console.log(`first view: ${Math.round(bytes / 1_000)} kB`);
  });

  it('tells people and programs the same at one address', async () => {
    const address = `${wharf.url}/p/flights.departures/v1`;
    const page = await fetch(address, { headers: { Accept: 'text/html' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const json = await fetch(address);
    expect([json.headers.get('vary'), ((await json.json()) as { id: string }).id]).toEqual([
      'Accept',
      'flights.departures@1',
    ]);
  });
});
