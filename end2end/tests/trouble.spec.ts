// A page that does not come to life is read anew, once; what fails then, or later, says so with the way out.

import { test, expect, type Page } from '@playwright/test';
import { Broker } from '../lib/broker';
import { Gemba } from '../lib/gemba';
import { openLive } from '../lib/test';

let broker: Broker;
let gemba: Gemba;

test.beforeAll(async () => {
  broker = await Broker.start();
  gemba = await Gemba.serve(broker.url);
});
test.afterAll(async () => {
  await gemba.end();
  await broker.stop();
});

/** Breaks the page that the server drew, the first `times` times, and counts what the browser reports of it. */
async function broken(page: Page, times: number): Promise<{ drawn: number; told: number }> {
  const seen = { drawn: 0, told: 0 };
  page.on('request', (request) => (seen.told += Number(request.url().endsWith('/report_panic'))));
  await page.route('**/overview', async (route) => {
    seen.drawn += 1;
    if (seen.drawn > times) return route.continue();
    const answer = await route.fetch();
    // The marks by which the client finds its places.
    await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('<!>', '') });
  });
  return seen;
}

const banner = (page: Page) => page.locator('#g-trouble');

test('a page that does not come to life is read anew', async ({ page }) => {
  const seen = await broken(page, 1);
  await openLive(page, `${gemba.url}/overview`);
  expect(seen.drawn).toBe(2);
  expect(seen.told).toBeGreaterThan(0);
  await expect(banner(page)).toBeHidden();
});

test('one that never does says so, and stays as it was drawn', async ({ page }) => {
  const seen = await broken(page, 9);
  await page.goto(`${gemba.url}/overview`);
  await expect(banner(page)).toBeVisible();
  await expect(page.locator('h1')).not.toBeEmpty();
  expect(seen.drawn).toBe(2);
  await page.unroute('**/overview');
  await banner(page).getByRole('button').click();
  await expect(page.locator('html')).toHaveAttribute('data-client', 'ready');
  await expect(banner(page)).toBeHidden();
});

test('what fails later is not read anew under a person', async ({ page }) => {
  await openLive(page, `${gemba.url}/overview`);
  const told = page.waitForRequest(/report_panic$/);
  await page.evaluate(() => (window as unknown as { gembaTrouble(why: string): void }).gembaTrouble('a test'));
  await expect(banner(page)).toBeVisible();
  expect((await told).postData()).toContain('a+test');
  await expect(page.locator('html')).toHaveAttribute('data-client', 'failed');
});
