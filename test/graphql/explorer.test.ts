import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

/** A browser beside other tests takes its time to paint. */
const PATIENTLY = { timeout: 15_000 };

describe.skipIf(!BROWSER)('somebody new opens the explorer that is served from here', () => {
  let house: House;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    house = await openHouse();
    browser = await chromium.launch({
      executablePath: BROWSER!,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-background-networking',
      ],
    });
    page = await browser.newPage({ viewport: { width: 1_500, height: 900 } });
  });
  afterAll(async () => {
    await browser.close();
    await house.close({ owed: 'anything' });
  });

  const send = () => page.getByRole('button', { name: 'Send Request' }).click();
  const result = () => page.locator('app-query-result').first();

  test('finds a document, is told to sign in, puts a token where one is asked for, and sees the directory; then changes something', async () => {
    await page.goto(`${house.origin}/sandbox/local/`);
    await send();
    await expect
      .poll(() => result().innerText(), PATIENTLY)
      .toContain('Sign in with a valid token');

    await page.locator('.side-menu-item').first().click();
    const value = page.locator('app-x-input[placeholder="Header value"] .cm-content').first();
    expect(await value.innerText()).toBe('Bearer <token>');
    await value.fill(`Bearer ${house.owner.token}`);
    await page.keyboard.press('Escape');
    await send();
    await expect.poll(() => result().innerText(), PATIENTLY).toContain('Ada Admin');

    const editor = page.locator('app-query-editor .cm-content').first();
    await editor.fill(
      'mutation { teamCreate(input: { name: "Made by hand" }) { team { name } userErrors { message } } }',
    );
    await send();
    await expect.poll(() => result().innerText(), PATIENTLY).toContain('Made by hand');
    expect((await house.owner.ask('{ team(name: "made by hand") { name } }'))['team']).toEqual({
      name: 'Made by hand',
    });
  });
});
