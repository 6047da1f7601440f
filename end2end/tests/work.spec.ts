// A problem becomes a work order and goes through its life, as people meet it: from the asset's page, without script,
// at 320 px.

import { expect } from '@playwright/test';
import { PASSWORD, guarded, own, signIn } from '../lib/owned';
import { fits, isClean } from '../lib/looks';
import { listen } from '../lib/test';

const test = guarded({ 'acme/lyon/press/force_kn': '12.5' });

test.describe.configure({ mode: 'serial' });

test('a problem is reported on the page of its asset and done by forms', async ({ page, guarded: { gemba } }) => {
  const heard: string[] = [];
  listen(page, heard);
  await own(page, gemba);
  await page.goto(`${gemba.url}/h/acme/lyon/press`);
  await page.getByRole('link', { name: 'Report a problem' }).click();
  await expect(page).toHaveURL(/\/work\/new\?asset=\d+$/);
  await isClean(page);
  await page.getByLabel('What is wrong, in a few words').fill('Press leaks oil');
  await page.getByLabel('More about it (optional)').fill('Below the left cylinder');
  await page.getByLabel('How it fails (ISO 14224)').selectOption({ label: 'External leakage, utility medium' });
  await page.getByLabel('How soon').selectOption({ label: 'High: in the coming days' });
  await page.getByRole('button', { name: 'Send' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('WO-1 · Press leaks oil');
  await expect(page.locator('main')).toContainText('Below the left cylinder');
  await isClean(page);
  await page.getByRole('button', { name: 'Approve' }).click();

  await page.getByText('Change…').click();
  await page.getByLabel(/Steps, one a line/).fill('Isolate\nPressure | bar | 0 | 6');
  await page.getByLabel(/Who is needed, one a line/).fill('mechanic | 1 | 1.5');
  await page.getByRole('button', { name: 'Save the changes' }).click();
  await expect(page.locator('main')).toContainText('normal: 0');

  await page.getByText('Start…').click();
  await page.getByLabel('Why', { exact: true }).first().fill('It drips on the floor');
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.locator('main')).toContainText('In progress');

  await page.getByRole('button', { name: 'Done', exact: true }).first().click();
  await expect(page.getByRole('alert')).toContainText('Steps without an answer');
  await page.getByRole('listitem').filter({ hasText: 'Isolate' }).getByRole('button', { name: 'Done' }).click();
  await page.getByLabel('Value (bar)').fill('7.2');
  await page.getByRole('listitem').filter({ hasText: 'Pressure' }).getByRole('button', { name: 'Done' }).click();
  await expect(page.locator('main')).toContainText('beyond what is normal');
  await page.getByRole('button', { name: 'Done', exact: true }).first().click();
  await page.getByRole('button', { name: 'It helped: verify' }).click();
  await expect(page.locator('main')).toContainText('Verified');
  await isClean(page);
  // What is refused answers 422, which Chromium writes down.
  expect(heard.filter((word) => !word.includes('422'))).toEqual([]);
});

test('the list works without script at 320 px, in three languages', async ({ browser, guarded: { gemba } }) => {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, gemba, 'ada', '/work');
  await expect(page.getByRole('heading', { level: 1, name: 'Work' })).toBeVisible();
  await expect(page.locator('main')).toContainText('No work of this kind.');
  await page.getByRole('link', { name: /^Done 1/ }).click();
  await expect(page.getByRole('link', { name: 'Press leaks oil' })).toBeVisible();
  await page.getByRole('link', { name: 'Press leaks oil' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('WO-1');
  await context.close();
  for (const [locale, word] of [
    ['fr', 'Travaux'],
    ['de', 'Aufträge'],
    ['en', 'Work'],
  ] as const) {
    const reader = await browser.newContext({ viewport: { width: 320, height: 640 }, locale });
    const narrow = await reader.newPage();
    await narrow.goto(`${gemba.url}/sign-in?next=%2Fwork%3Fgroup%3Dall`);
    await narrow.locator('input[name=name]').fill('ada');
    await narrow.locator('input[name=password]').fill(PASSWORD);
    await narrow.locator('form button').last().click();
    await expect(narrow.getByRole('heading', { level: 1 })).toHaveText(word);
    await fits(narrow);
    await narrow.goto(`${gemba.url}/work/1`);
    await fits(narrow);
    await reader.close();
  }
});

test('work and plan are in the main navigation of every page', async ({ page, guarded: { gemba } }) => {
  await signIn(page, gemba, 'Ada');
  const main = page.getByRole('navigation', { name: 'Main' });
  await main.getByRole('link', { name: 'Work' }).click();
  await expect(page).toHaveURL(/\/work$/);
  await expect(main.getByRole('link', { name: 'Work' })).toHaveAttribute('aria-current', 'page');
  await main.getByRole('link', { name: 'Plan' }).click();
  await expect(page).toHaveURL(/\/plan/);
  await main.getByRole('link', { name: 'Assets' }).click();
  await expect(page).toHaveURL(/\/h$/);
  for (const width of [320, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(`${gemba.url}/work`);
    await fits(page);
    await expect(main.getByRole('link', { name: 'Plan' })).toBeInViewport();
  }
});
