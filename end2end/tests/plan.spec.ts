// A planner plans next week out of the demo's backlog: search, one order by dialog, one by keyboard, commit; and the
// same by forms alone, without script.

import { test as base, expect, type Page } from '@playwright/test';
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

const drafted = (page: Page) => page.locator('.g-plan__gantt .g-plan__job--new');

test('next week is planned: searched, moved by dialog and keyboard, committed', async ({ page }) => {
  const heard: string[] = [];
  listen(page, heard);
  await page.goto('/plan');
  await page.getByRole('link', { name: 'Next week' }).click();
  await expect(drafted(page)).toHaveCount(0);
  await isClean(page);
  await page.getByRole('button', { name: 'Optimise' }).click();
  await expect(page.getByRole('rowheader', { name: 'This proposal' })).toBeVisible();
  await page.getByRole('button', { name: 'Stop here' }).click();
  await page.getByRole('button', { name: 'Use it for this week' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'in your draft' })).toBeVisible();
  expect(await drafted(page).count()).toBeGreaterThan(8);
  await isClean(page);

  const first = drafted(page).first();
  const number = (await first.getAttribute('data-order')) ?? '';
  await first.click();
  const drawer = page.getByRole('complementary').filter({ has: page.locator('#order') });
  await expect(drawer).toContainText(`WO-${number}`);
  const from = drawer.getByLabel('From');
  const day = (await from.inputValue()).slice(0, 10);
  await from.fill(`${day}T09:45`);
  await drawer.getByRole('button', { name: 'Move it' }).click();
  const moved = page.locator(`.g-plan__gantt [data-order="${number}"]`).first();
  await expect(moved).toHaveAttribute('data-start', `${day}T09:45`);
  await isClean(page);

  await moved.focus();
  await page.keyboard.press('m');
  await expect(page.locator('[data-said]')).toContainText('Arrows');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('[data-said]')).toContainText('10:45');
  await page.keyboard.press('Enter');
  await expect(moved).toHaveAttribute('data-start', `${day}T10:45`);
  await expect(moved).toBeFocused();

  await page.getByRole('link', { name: /^Commit \d+ changes$/ }).click();
  const changes = page.getByRole('row').filter({ hasText: 'WO-' });
  const count = await changes.count();
  await expect(changes.filter({ hasText: `WO-${number} ` })).toContainText('10:45');
  await isClean(page);
  await page.getByRole('button', { name: `Commit ${count} changes` }).click();
  await expect(page.getByRole('status').filter({ hasText: `${count} changes are committed.` })).toBeVisible();
  await expect(drafted(page)).toHaveCount(0);

  await page.goto(`/work/${number}`);
  await expect(page.locator('main')).toContainText('Scheduled');
  await expect(page.locator('main')).toContainText('10:45');
  expect(heard).toEqual([]);
});

test('an unscheduled order is dragged onto somebody', async ({ page }) => {
  // All of Lyon's are on the plan by now.
  await page.goto('/plan');
  await page.getByRole('link', { name: 'Rotterdam', exact: true }).click();
  await page.getByRole('link', { name: 'Next week' }).click();
  await expect(page).toHaveURL(/week=/);
  const order = page.locator('.g-plan__un').first();
  const number = await order.getAttribute('data-order');
  const row = page.locator('[data-person][role=row]').first().getByRole('gridcell');
  await order.hover();
  await page.mouse.down();
  const box = await row.boundingBox();
  if (!box) throw new Error('no row');
  await page.mouse.move(box.x + box.width / 2, box.y + 10, { steps: 5 });
  await page.mouse.up();
  await expect(page.locator(`.g-plan__gantt [data-order="${number}"]`)).toHaveAttribute('data-start', /T\d\d:/);
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(drafted(page)).toHaveCount(0);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('an order is put on the plan and committed by forms, on a phone', async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('/plan');
    await page.getByRole('link', { name: 'Rotterdam', exact: true }).click();
    await page.getByRole('link', { name: 'Next week' }).click();
    await page.getByRole('complementary', { name: 'Unscheduled' }).getByRole('link').nth(3).click();
    await fits(page);
    await page.getByRole('button', { name: /^Propose/ }).first().click();
    await expect(page.locator('main')).toContainText('Nothing is against it.');
    await page.getByRole('link', { name: 'Commit 1 change' }).click();
    await fits(page);
    await page.getByRole('button', { name: 'Commit 1 change' }).click();
    await expect(page.locator('main')).toContainText('1 change is committed.');
  });

  test('somebody is entered and away, and crews fit a phone', async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('/plan/crews');
    await page.getByLabel('Name').first().fill('K. Novak');
    await page.getByLabel('Crafts, between commas').fill('process');
    await page.getByRole('button', { name: 'Add', exact: true }).first().click();
    await expect(page.locator('main')).toContainText('K. Novak');
    await fits(page);
  });
});
