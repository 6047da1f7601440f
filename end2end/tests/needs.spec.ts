// A bearing wears: the twin says so, it is a need with its evidence, and a planner makes an order of it.

import { test as base, expect } from '@playwright/test';
import { Gemba } from '../lib/gemba';
import { fits, isClean } from '../lib/looks';
import { listen } from '../lib/test';

const test = base.extend<object, { demo: Gemba }>({
  demo: [
    async ({}, use) => {
      const demo = await Gemba.demo();
      await use(demo);
      await demo.end();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ demo }, use) => {
    await use(demo.url);
  },
});

test.describe.configure({ mode: 'serial' });

test('a worn bearing is a need with its evidence, and an order is made of it', async ({ page }) => {
  test.setTimeout(240_000);
  const heard: string[] = [];
  listen(page, heard);
  await page.goto('/overview');
  await page.getByRole('button', { name: 'Wear a bearing' }).click();
  const need = page.getByRole('row', { name: /Pump 14/ }).getByRole('link', { name: 'Vibration' });
  await expect(async () => {
    await page.goto('/work/needs?source=limit');
    await expect(need).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 180_000, intervals: [3_000] });
  await isClean(page);
  await need.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Vibration · Pump 14');
  await expect(page.getByRole('region', { name: 'Why' })).toContainText('above its limit of');
  await isClean(page);
  const number = new URL(page.url()).pathname.split('/').pop() ?? '';

  await page.getByRole('link', { name: 'Make a work order' }).click();
  await expect(page.getByLabel('What is wrong, in a few words')).toHaveValue('Vibration: Pump 14');
  await page.getByLabel('Hours').fill('3');
  await page.getByLabel(/Steps, one a line/).fill('Isolate\nReplace the bearing');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Vibration: Pump 14');
  const order = new URL(page.url()).pathname;
  await expect(page.getByRole('link', { name: `Need ${number}` })).toBeVisible();
  await expect(page.locator('main')).toContainText('Replace the bearing');

  await page.getByRole('link', { name: `Need ${number}` }).click();
  await expect(page.locator('main')).toContainText('Work ordered');
  await expect(page.locator(`a[href="${order}"]`)).toBeVisible();
  expect(heard).toEqual([]);
});

test('a value leads from its evidence to its page', async ({ page }) => {
  await page.goto('/work/needs?which=ordered');
  await page.getByRole('link', { name: 'Vibration', exact: true }).click();
  await page.getByRole('link', { name: /^Show / }).first().click();
  await expect(page).toHaveURL(/\/tags\/\d+$/);
});

test('the square of a risk leads to its rows, and a figure to its orders', async ({ page }) => {
  await page.goto('/work/risk');
  const square = page.locator('.g-risk a').first();
  const count = Number(await square.textContent());
  await square.click();
  await expect(page.locator('.g-still__table tbody tr')).toHaveCount(count);
  await isClean(page);
  await page.goto('/work/figures?days=28');
  await expect(page.getByRole('region', { name: 'Backlog' })).toContainText(/No number|weeks/);
  await isClean(page);
});

test('needs, plans and figures are read without script at 390 px, in three languages', async ({ browser, demo }) => {
  for (const [locale, word] of [
    ['fr', 'Besoins'],
    ['de', 'Bedarf'],
    ['en', 'Needs'],
  ] as const) {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      javaScriptEnabled: false,
      locale,
    });
    const page = await context.newPage();
    await page.goto(`${demo.url}/work/needs`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(word);
    for (const path of ['/work/needs', '/work/plans', '/work/plans/1', '/work/risk', '/work/figures']) {
      await page.goto(demo.url + path);
      await fits(page);
    }
    await context.close();
  }
});
