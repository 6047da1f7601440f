// Behind a reverse proxy, under a path of its host: every page, file, function and socket stays below it.

import { Gemba } from '../lib/gemba';
import { freePort } from '../lib/process';
import { Proxy } from '../lib/proxy';
import { test as base, expect, freshness, openLive } from '../lib/test';

const PREFIX = '/plants/gemba';

interface Behind {
  front: Proxy;
}

const test = base.extend<Behind & { strips: boolean }>({
  strips: [false, { option: true }],
  front: async ({ strips }, use) => {
    const [port, back] = [await freePort(), await freePort()];
    const gemba = await Gemba.demoAt(back, {
      GEMBA__SERVER__PUBLIC_URL: `http://127.0.0.1:${port}${PREFIX}`,
      GEMBA__SERVER__PROXIES: '127.0.0.1',
    });
    const proxy = await Proxy.start(port, { prefix: PREFIX, strips, port: back });
    await use(proxy);
    await proxy.stop();
    await gemba.end();
  },
  baseURL: async ({ front }, use) => use(`http://127.0.0.1:${front.port}`),
});

for (const strips of [false, true]) {
  test.describe(strips ? 'the proxy takes the path away' : 'the proxy leaves the path', () => {
    test.use({ strips });

    test('pages, files, functions and the socket are below the path', async ({ page, front }) => {
      test.setTimeout(120_000);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      page.on('websocket', (socket) => asked.push(new URL(socket.url()).pathname));

      await openLive(page, PREFIX);
      await expect(page).toHaveURL(new RegExp(`${PREFIX}/overview$`));
      // By the browser's half, and whole from the server.
      await page.locator('.g-rail').getByRole('link', { name: 'Sources' }).click();
      await expect(page).toHaveURL(new RegExp(`${PREFIX}/sources$`));
      await expect(page.getByRole('heading', { level: 1, name: 'Sources' })).toBeVisible();
      await page.reload();
      await expect(freshness(page)).toContainText(/^(Live|Partly live)/);
      // A search, an asset, and a tag with its chart.
      await openLive(page, `${PREFIX}/search?q=pump`);
      await page.getByRole('main').locator('a[href*="/assets/"], a[href*="/h/"]').filter({ hasText: /pump/i }).first().click();
      await expect(page).toHaveURL(new RegExp(`${PREFIX}/(assets|h)/`));
      await openLive(page, await page.getByRole('main').locator('a[href*="/tags/"]').first().getAttribute('href') ?? '');
      await expect(page.locator('.js-plotly-plot').first()).toBeVisible();
      // What a function changes, and the cookie that keeps it.
      await openLive(page, `${PREFIX}/status`);
      await page.locator('summary[aria-label="Theme"]').click();
      await page.getByRole('button', { name: 'Dark' }).click();
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
      const cookies = await page.context().cookies(`http://127.0.0.1:${front.port}${PREFIX}/overview`);
      expect(cookies.map((cookie) => [cookie.name, cookie.path])).toEqual([['gemba_theme', PREFIX]]);
      await page.goto(`${PREFIX}/overview`);
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

      expect(asked).toContain(`${PREFIX}/api/ws`);
      expect(asked.filter((path) => path !== PREFIX && !path.startsWith(`${PREFIX}/`))).toEqual([]);
      expect(front.strays).toEqual([]);
    });
  });
}

test('forms work without script, and another site may not send them', async ({ browser, baseURL, front }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${PREFIX}/overview`);
  await page.locator('summary[aria-label="Theme"]').click();
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page).toHaveURL(new RegExp(`${PREFIX}/overview`));
  await context.close();
  const forged = await fetch(`${baseURL}${PREFIX}/api/fn/prefs`, {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'theme=dark',
  });
  expect(forged.status).toBe(403);
  expect(front.strays).toEqual([]);
});
