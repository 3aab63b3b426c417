import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

let house: House;
beforeAll(async () => {
  house = await openHouse({ environment: { CORS_ORIGINS: 'https://studio.apollographql.com' } });
});
afterAll(() => house.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(house.origin + path, { headers: { accept: 'text/html', ...headers }, redirect: 'manual' });

describe('the page', () => {
  test.each(['/', '/sandbox', '/graphql'])(
    "%s holds Apollo's Sandbox, prepared, under a policy that names its hosts only",
    async path => {
      const answer = await get(path);
      const html = await answer.text();
      const policy = answer.headers.get('content-security-policy')!;
      expect(answer.status).toBe(200);
      expect(html).toContain(
        'embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js',
      );
      expect(html).toContain('query Welcome(');
      expect(html).toContain(`"initialEndpoint":"${house.origin}/graphql"`);
      expect(html).toContain('"Authorization":"Bearer <token>"'.replace('<', '\\u003c'));
      const nonce = /script-src 'nonce-([^']+)'/.exec(policy)![1]!;
      expect(
        html
          .split('<script')
          .slice(1)
          .every(script => script.startsWith(` nonce="${nonce}"`)),
      ).toBe(true);
      expect(policy).toContain(`default-src 'none'`);
      expect(policy).toContain('frame-src https://sandbox.embed.apollographql.com');
      expect(html).toContain('href="/sandbox/local/"');
    },
  );

  test('is another one each time: a nonce is used once', async () => {
    expect((await get('/')).headers.get('content-security-policy')).not.toBe(
      (await get('/')).headers.get('content-security-policy'),
    );
  });

  test('can be only the local one, or none', async () => {
    const local = await openHouse({ beside: house, environment: { SANDBOX: 'local' } });
    const off = await openHouse({ beside: house, environment: { SANDBOX: 'off' } });
    try {
      const redirected = await fetch(local.origin, {
        headers: { accept: 'text/html' },
        redirect: 'manual',
      });
      expect([redirected.status, redirected.headers.get('location')]).toEqual([
        302,
        '/sandbox/local/',
      ]);
      expect((await fetch(off.origin, { headers: { accept: 'text/html' } })).status).toBe(404);
      expect((await fetch(`${off.origin}/sandbox/local/`)).status).toBe(404);
    } finally {
      await Promise.all([local.close(), off.close()]);
    }
  });
});

describe('the local explorer', () => {
  test('is served from here, with its files and nothing beside them', async () => {
    const page = await get('/sandbox/local/');
    expect(page.headers.get('content-security-policy')).toContain(`default-src 'self'`);
    expect(await page.text()).toContain('query Welcome(');
    const script = await get('/sandbox/local/main.js');
    expect([script.status, script.headers.get('content-type')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
    ]);
    for (const path of [
      '/sandbox/local/../../package.json',
      '/sandbox/local/%2e%2e/%2e%2e/package.json',
      '/sandbox/local/..%2f..%2fpackage.json',
      '/sandbox/local/nothing.js',
      '/sandbox/local/assets',
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });
});

describe('other origins', () => {
  const preflight = (origin: string) =>
    fetch(`${house.origin}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  test('are let in when they are configured', async () => {
    const answer = await preflight('https://studio.apollographql.com');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(
      'https://studio.apollographql.com',
    );
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('are not, otherwise', async () => {
    const answer = await preflight('https://evil.example');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe.skipIf(!BROWSER)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: BROWSER!,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  });
  afterAll(() => browser.close());

  /** Every host but ours is unreachable, and noted. */
  async function openOffline(
    path: string,
  ): Promise<{ page: Page; asked: Set<string>; complaints: string[] }> {
    const page = await browser.newPage();
    const asked = new Set<string>();
    const complaints: string[] = [];
    page.on('console', message => {
      if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
    });
    await page.route('**', route => {
      const { origin, host } = new URL(route.request().url());
      if (origin === house.origin) return route.continue();
      asked.add(host);
      return route.abort();
    });
    await page.goto(house.origin + path);
    return { page, asked, complaints };
  }

  test('the page offers the local explorer where Apollo cannot be reached', async () => {
    const { page, asked, complaints } = await openOffline('/');
    await page.locator('#local').click();
    await page.waitForURL('**/sandbox/local/');
    expect([...asked]).toEqual(['embeddable-sandbox.cdn.apollographql.com']);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('the local explorer asks as the person whose token is given, and asks no other host', async () => {
    const { page, asked, complaints } = await openOffline('/sandbox/local/');
    await page.locator('app-root .app-window, app-root app-window').first().waitFor();
    const answer = await page.evaluate(async token => {
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'authorization': `Bearer ${token}` },
        body: JSON.stringify({ query: '{ viewer { member { displayName } } }' }),
      });
      return (await response.json()) as unknown;
    }, house.owner.token);
    expect(answer).toEqual({ data: { viewer: { member: { displayName: 'Olivia Owner' } } } });
    expect(await page.locator('app-root').innerText()).toContain('Welcome');
    expect([...asked]).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

test('there is a browser to try the explorer in', ({ skip }) => {
  skip(
    !BROWSER,
    'No Chromium was found, so the explorer was not tried in a browser (Debian: apt-get install chromium).',
  );
});
