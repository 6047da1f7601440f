// Signing in through a real OpenID provider: roles by groups, new keys, refusals, and the way out.

import { test as base, expect, type Page } from '@playwright/test';
import { Broker } from '../lib/broker';
import { Gemba } from '../lib/gemba';
import { OpenIdProvider } from '../lib/provider';
import { freePort } from '../lib/process';
import { freshness } from '../lib/test';

interface Plant {
  gemba: Gemba;
  provider: OpenIdProvider;
}

const ROLES = 'eng=engineer,lyon-crew=technician@acme/lyon,admins=administrator';

const test = base.extend<object, { plant: Plant }>({
  plant: [
    async ({}, use) => {
      const broker = await Broker.start();
      await broker.publish('acme/lyon/press/force_kn', '12.5', { retain: true });
      await broker.publish('acme/rotterdam/pump/flow_m3h', '77.125', { retain: true });
      const port = await freePort();
      const provider = await OpenIdProvider.start(`http://127.0.0.1:${port}`);
      const settings = { ...provider.settings, GEMBA__OPENID__ROLES: ROLES };
      const gemba = await Gemba.guardedAt(port, broker.url, settings);
      await use({ gemba, provider });
      await gemba.end();
      await provider.stop();
      await broker.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

test.describe.configure({ mode: 'serial' });

/** From Gemba's page to the provider's, and as somebody back. */
async function comeAs(page: Page, { gemba }: Plant, name: string, path = '/overview'): Promise<void> {
  await page.goto(gemba.url + path);
  await page.getByRole('link', { name: 'Sign in with Norvia account' }).click();
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function roleOf(page: Page): Promise<string> {
  await page.getByLabel('Account', { exact: true }).click();
  return page.locator('.g-menu__part, .g-menu').filter({ hasText: '·' }).first().innerText();
}

test('a person of a group signs in with its role and comes where they wanted', async ({ page, plant }) => {
  plant.provider.groups.set('erin', ['eng', 'football']);
  await comeAs(page, plant, 'erin', '/h/acme');
  await expect(page).toHaveURL(`${plant.gemba.url}/h/acme`);
  await expect(freshness(page)).toBeVisible();
  expect(await roleOf(page)).toContain('Erin · Engineer');
  // Nothing of the way in is left in the browser.
  const names = (await page.context().cookies(plant.gemba.url)).map((cookie) => cookie.name);
  expect(names).toContain('gemba_session');
  expect(names).not.toContain('gemba_openid');
});

test('the same person is the same account, with the roles of their groups now', async ({ page, plant }) => {
  plant.provider.groups.set('erin', ['admins']);
  await comeAs(page, plant, 'erin');
  expect(await roleOf(page)).toContain('Erin · Administrator');
  await page.goto(`${plant.gemba.url}/admin/people`);
  await expect(page.getByRole('row', { name: /erin/i })).toHaveCount(1);
  await page.goto(`${plant.gemba.url}/admin/audit`);
  await expect(page.locator('main')).toContainText('Norvia account');
});

test('a group of a part of the plant sees that part', async ({ page, plant }) => {
  plant.provider.groups.set('tom', ['lyon-crew']);
  await comeAs(page, plant, 'tom');
  await expect(freshness(page)).toBeVisible();
  expect((await page.request.get(`${plant.gemba.url}/h/acme/lyon`)).status()).toBe(200);
  expect((await page.request.get(`${plant.gemba.url}/h/acme/rotterdam`)).status()).toBe(404);
});

test('who is in no group is told what to do', async ({ page, plant }) => {
  await comeAs(page, plant, 'nora');
  await expect(page.getByRole('alert')).toHaveText(/nobody gave you a role here\. Ask an administrator/);
  expect((await page.context().cookies(plant.gemba.url)).map((cookie) => cookie.name)).not.toContain('gemba_session');
});

test('the provider changes its key while Gemba runs', async ({ page, plant }) => {
  await plant.provider.stop();
  await plant.provider.run();
  plant.provider.groups.set('erin', ['eng']);
  // What Gemba knows of keys is kept at least ten seconds, so that nobody makes it ask all the time.
  await expect(async () => {
    await page.context().clearCookies();
    await comeAs(page, plant, 'erin');
    await expect(freshness(page)).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 40_000 });
  expect(await roleOf(page)).toContain('Erin · Engineer');
});

test('signing out leaves the provider too', async ({ page, plant }) => {
  await comeAs(page, plant, 'erin');
  await expect(freshness(page)).toBeVisible();
  await page.getByLabel('Account', { exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await expect(page).toHaveURL(`${plant.gemba.url}/sign-in?out=1`);
  await expect(page.getByRole('status')).toHaveText('You are signed out.');
  // The provider asks again who it is.
  await page.getByRole('link', { name: 'Sign in with Norvia account' }).click();
  await expect(page.getByPlaceholder('Enter any login')).toBeVisible();
});

test('who turns back at the provider comes back to where one signs in', async ({ page, plant }) => {
  await page.goto(`${plant.gemba.url}/sign-in`);
  await page.getByRole('link', { name: 'Sign in with Norvia account' }).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page.getByRole('alert')).toHaveText(/was not finished there/);
});

test('an address that came back is worth nothing to somebody else, nor twice', async ({ page, browser, plant }) => {
  let back = '';
  page.on('request', (request) => {
    if (request.url().includes('/sign-in/openid/done')) back = request.url();
  });
  await comeAs(page, plant, 'erin');
  await expect(freshness(page)).toBeVisible();
  expect(back).toContain('code=');
  const another = await (await browser.newContext()).newPage();
  for (const somebody of [another, page]) {
    await somebody.goto(back);
    await expect(somebody.getByRole('alert')).toHaveText(/begun in another browser or too long ago/);
  }
  expect((await another.context().cookies()).map((cookie) => cookie.name)).not.toContain('gemba_session');
  // A state of one's own choice with somebody's code neither.
  await another.goto(`${plant.gemba.url}/sign-in/openid`);
  const forged = new URL(back);
  forged.searchParams.set('state', 'f'.repeat(64));
  await another.goto(forged.href);
  await expect(another.getByRole('alert')).toHaveText(/begun in another browser or too long ago/);
  await another.context().close();
});

test('without the provider, names and passwords still work, and the page says so', async ({ page, plant }) => {
  await plant.provider.stop();
  await plant.gemba.stop();
  await plant.gemba.run();
  await page.goto(`${plant.gemba.url}/sign-in`);
  await page.getByRole('link', { name: 'Sign in with Norvia account' }).click();
  await expect(page.getByRole('alert')).toHaveText(/does not answer as it should/);
  await expect(page.getByLabel('Password')).toBeVisible();
  await plant.provider.run();
});
