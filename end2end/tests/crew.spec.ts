// The tablet without a network: the server is really killed, the tab really closed. What is done meanwhile is on the
// server once afterwards, and a page at a desk shows it.

import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import type { Gemba } from '../lib/gemba';
import { isClean } from '../lib/looks';
import { PASSWORD, guarded, own } from '../lib/owned';

const test = guarded({ 'acme/lyon/press/force_kn': '12.5' });

test.describe.configure({ mode: 'serial' });

const PIN = '135790';
const TABLET = { viewport: { width: 800, height: 1280 }, hasTouch: true };

async function pin(page: Page): Promise<void> {
  for (const digit of PIN) await page.getByRole('button', { name: digit, exact: true }).click();
}

/** The browser keeps the page: from now on it opens without the server. */
async function isKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}

/** Somebody who signed in at this browser sits down at it as a tablet. */
async function sitDown(page: Page, gemba: Gemba): Promise<void> {
  await page.goto(`${gemba.url}/crew`);
  await page.getByRole('button', { name: 'Sign in somebody' }).click();
  await pin(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'My work today' })).toBeVisible();
  await isKept(page);
}

async function signInAgain(browser: Browser, gemba: Gemba): Promise<[BrowserContext, Page]> {
  const context = await browser.newContext(TABLET);
  const page = await context.newPage();
  await page.goto(`${gemba.url}/sign-in?next=/crew`);
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/crew/);
  return [context, page];
}

/** An order with steps, approved, made at the desk; its address. */
async function order(page: Page, gemba: Gemba, title: string, steps: string): Promise<string> {
  await page.goto(`${gemba.url}/h/acme/lyon/press`);
  await page.getByRole('link', { name: 'Report a problem' }).click();
  await page.getByLabel('What is wrong, in a few words').fill(title);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Change…').click();
  await page.getByLabel(/Steps, one a line/).fill(steps);
  await page.getByLabel(/Who is needed, one a line/).fill('mechanic | 1 | 1.5');
  await page.getByRole('button', { name: 'Save the changes' }).click();
  await expect(page.locator('main')).toContainText(title);
  return page.url();
}

/** A comment stands once among the comments of an order, and once in its log. */
async function isOnce(page: Page, words: string): Promise<void> {
  await expect(page.getByRole('paragraph').getByText(words, { exact: true })).toHaveCount(1);
  await expect(page.getByRole('cell', { name: words, exact: true })).toHaveCount(1);
}

async function start(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const why = page.getByRole('dialog');
  await why.getByRole('textbox').fill('It drips on the floor');
  await why.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText(/^In progress/)).toBeVisible();
}

test('a job is done with the server killed, the tab closed in the middle, and is there once afterwards', async ({ browser, guarded: { gemba } }) => {
  const context = await browser.newContext(TABLET);
  let page = await context.newPage();
  await own(page, gemba);
  const desk = await order(page, gemba, 'Press leaks oil', 'Isolate\nPressure | bar | 0 | 6');
  await sitDown(page, gemba);
  await expect(page.getByRole('link', { name: /Press leaks oil/ })).toBeVisible();
  await isClean(page);

  await gemba.kill();
  await page.close();
  page = await context.newPage();
  await page.goto(`${gemba.url}/crew`);
  await page.getByRole('button', { name: /Ada/ }).click();
  await pin(page);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByText('Offline')).toBeVisible();
  await page.getByRole('link', { name: /Press leaks oil/ }).click();
  await isClean(page);
  await start(page);
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Isolate' })).toContainText('Saved on this tablet');

  await page.reload();
  for (const key of ['7', '.', '2']) await page.getByRole('button', { name: key, exact: true }).click();
  await page.getByLabel('Above normal. What did you see?').fill('The valve hisses');
  await isClean(page);
  await page.getByRole('button', { name: 'Save', exact: true }).first().click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Pressure' })).toContainText('7.2 bar · The valve hisses');
  await page.getByRole('button', { name: 'Finish' }).click();
  await page.getByLabel('What was done').selectOption({ label: 'Repair' });
  await page.getByLabel('In your words').fill('New seal');
  await isClean(page);
  await page.getByRole('button', { name: 'Save and finish' }).click();
  await expect(page.getByText('Done').first()).toBeVisible();
  await expect(page.getByRole('link', { name: /4 waiting/ })).toBeVisible();

  await gemba.run();
  await expect(page.getByRole('link', { name: /nothing waiting/ })).toBeVisible({ timeout: 30_000 });
  await page.goto(desk);
  await expect(page.locator('main')).toContainText('New seal');
  await expect(page.locator('main')).toContainText('The valve hisses');
  await expect(page.getByText('New seal')).toHaveCount(1);
  await context.close();
});

test('logging out keeps what waits; it is sent once the same person is back', async ({ browser, guarded: { gemba } }) => {
  const [context, page] = await signInAgain(browser, gemba);
  const desk = await order(page, gemba, 'Press squeaks', 'Grease\nListen');
  await sitDown(page, gemba);
  await gemba.kill();
  await page.getByRole('link', { name: 'Open' }).click();
  await page.getByLabel('Comment').fill('It is the left bearing');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('link', { name: /1 waiting/ })).toBeVisible();
  await page.getByRole('link', { name: 'Ada' }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('1 item of yours is not sent yet');
  await page.getByRole('button', { name: 'Keep them and log out' }).click();
  await gemba.run();
  await page.getByRole('link', { name: /1 waiting/ }).click();
  await expect(page.getByText('Waits until Ada signs in on this tablet')).toBeVisible();
  await page.getByRole('link', { name: 'Nobody' }).click();
  await page.getByRole('button', { name: /Ada/ }).click();
  await pin(page);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('link', { name: /nothing waiting/ })).toBeVisible({ timeout: 30_000 });
  await page.goto(desk);
  await isOnce(page, 'It is the left bearing');
  await context.close();
});

test('two hundred edits go after one another and arrive once, with a clock that is three hours wrong', async ({ browser, guarded: { gemba } }) => {
  test.setTimeout(180_000);
  const [context, page] = await signInAgain(browser, gemba);
  await page.clock.install({ time: Date.now() + 3 * 3_600_000 });
  await sitDown(page, gemba);
  await page.getByRole('link', { name: 'Open' }).click();
  await expect(page.getByLabel('Comment')).toBeVisible();
  await gemba.kill();
  for (let number = 1; number <= 200; number += 1) {
    await page.getByLabel('Comment').fill(`Remark number ${number}.`);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByLabel('Comment')).toHaveValue('');
  }
  await gemba.run();
  const id = /job\/(\d+)/.exec(page.url())?.[1];
  await page.getByRole('link', { name: /200 waiting/ }).click();
  await page.getByRole('button', { name: 'Send now' }).click();
  await expect(page.getByRole('link', { name: /nothing waiting/ })).toBeVisible({ timeout: 60_000 });
  await page.goto(`${gemba.url}/work/${id}`);
  await isOnce(page, 'Remark number 200.');
  await isOnce(page, 'Remark number 1.');
  await context.close();
});
