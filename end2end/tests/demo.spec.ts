// The demo: two commands to a living plant, and faults that show.

import { test as base, expect } from '@playwright/test';
import { Gemba } from '../lib/gemba';
import { listen } from '../lib/test';

const test = base.extend<object, { demo: Gemba }>({
  demo: [
    async ({}, use) => {
      const demo = await Gemba.demo('--speed', '60');
      await use(demo);
      await demo.end();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ demo }, use) => {
    await use(demo.url);
  },
});

test('the overview shows a living plant, marked as a demo', async ({ page }) => {
  const heard: string[] = [];
  listen(page, heard);
  await page.goto('/overview');
  const fresh = page.getByRole('region', { name: 'Data freshness' });
  await expect(fresh).toContainText(/^Live/);
  await expect(fresh).toContainText(/[\d\s]{3,} of [\d\s]{3,} tags live/, { timeout: 60_000 });
  await expect(page.locator('body')).toContainText(/demo data/i);
  expect(heard).toEqual([]);
});

test('values of the demo change by themselves', async ({ page }) => {
  await page.goto('/h');
  await page.getByRole('main').getByRole('link', { name: 'Lyon', exact: true }).click();
  await expect(page.locator('h1')).toContainText(/lyon/i);
  await page.goto('/overview');
  const values = page.locator('[data-point] .g-value__n');
  await expect(values.first()).toBeVisible();
  const before = await values.allTextContents();
  await expect.poll(async () => (await values.allTextContents()).join() !== before.join(), { timeout: 20_000 }).toBe(true);
});

test('a shared page, its embed and pages without a client say that they are of the demo', async ({ page }) => {
  const found = await (await page.request.get('/api/fn/search?q=pump', { headers: { accept: 'application/json' } })).json();
  await page.goto(`/share?asset=${found[0].asset.asset}`);
  await expect(page.locator('.g-demo-badge').first()).toBeVisible();
  await expect(page.frameLocator('iframe[name=preview]').getByText('Demo data')).toBeVisible();
  await page.getByLabel('What for').fill('A look at the demo');
  await page.getByLabel('May stand inside').check();
  await page.getByRole('button', { name: 'Create link' }).click();
  const url = await page.getByLabel('The link', { exact: true }).inputValue();
  for (const path of [url, `${url}/embed`]) {
    await page.goto(path);
    await expect(page.getByText('Demo data')).toBeVisible();
    await expect(page.getByRole('status')).toContainText('values live');
  }
});
