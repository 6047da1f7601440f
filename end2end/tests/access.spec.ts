// Who may see and do what, as people meet it: the first owner, an invitation for a part of the plant, and its end.

import AxeBuilder from '@axe-core/playwright';
import { expect, type Browser, type Page } from '@playwright/test';
import type { Gemba } from '../lib/gemba';
import { PASSWORD, guarded, own, signIn } from '../lib/owned';
import { freshness, listen, openLive } from '../lib/test';

const test = guarded({ 'acme/lyon/press/force_kn': '12.5', 'acme/rotterdam/pump/flow_m3h': '77.125' });

/** A browser of somebody else. */
async function somebody(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

test.describe.configure({ mode: 'serial' });

test('the first owner chooses a name, signs out, and signs in again', async ({ page, guarded: { gemba } }) => {
  const heard: string[] = [];
  listen(page, heard);
  await page.goto(`${gemba.url}/overview`);
  await expect(page).toHaveURL(/\/sign-in\?next=%2Foverview$/);
  await expect(page.locator('main')).toContainText('Nobody has an account yet');
  await own(page, gemba);
  await expect(page.locator('main')).toContainText('broker-1');

  await page.getByLabel('Account', { exact: true }).click();
  await expect(page.getByText('Ada · Owner')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('status')).toHaveText('You are signed out.');
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('not the password');
  expect(heard).toEqual([]);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('do not fit');
  await expect(page.getByLabel('Name')).toHaveValue('ada');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(freshness(page)).toBeVisible();
});

test('somebody is invited to a part of the plant, sees it live and nothing else, and is paused', async ({ page, browser, guarded: { broker, gemba } }) => {
  await signIn(page, gemba, 'ada');
  await page.getByLabel('Account', { exact: true }).click();
  await page.getByRole('link', { name: 'Administration' }).click();
  await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
  await page.getByLabel('Name as shown').fill('Grace H.');
  await page.getByLabel('Sign-in name').fill('grace');
  await page.getByLabel('Role').selectOption('operator');
  await page.getByLabel('Only at and below').fill('acme/nowhere');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByRole('alert')).toContainText('acme/nowhere');
  await page.getByLabel('Name as shown').fill('Grace H.');
  await page.getByLabel('Sign-in name').fill('grace');
  await page.getByLabel('Role').selectOption('operator');
  await page.getByLabel('Only at and below').fill('acme/lyon');
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.getByLabel('The link').inputValue();

  const grace = await somebody(browser);
  await grace.goto(link);
  await grace.getByLabel('Password').fill(PASSWORD);
  await grace.getByRole('button', { name: 'Choose and sign in' }).click();
  await openLive(grace, `${gemba.url}/h/acme/lyon`);
  await broker.publish('acme/lyon/press/force_kn', '13.5');
  await expect(grace.locator('[data-point] .g-value__n', { hasText: '13.5' }).first()).toBeVisible();
  for (const path of ['/overview', '/h', '/search?q=flow', '/h/acme']) {
    await grace.goto(gemba.url + path);
    await expect(grace.locator('body')).not.toContainText(/rotterdam/i);
  }
  expect((await grace.goto(`${gemba.url}/h/acme/rotterdam`))?.status()).toBe(404);
  expect((await grace.goto(`${gemba.url}/admin/people`))?.status()).toBe(403);
  await expect(grace.getByRole('heading', { name: 'Not for your role' })).toBeVisible();

  await grace.goto(`${gemba.url}/overview`);
  await expect(freshness(grace)).toContainText(/Live|live/);
  await page.goto(`${gemba.url}/admin/people`);
  await page.getByRole('link', { name: 'Grace H.' }).click();
  await page.getByRole('button', { name: 'Pause the account' }).click();
  await expect(page.getByRole('button', { name: 'Let the account go on' })).toBeVisible();
  // The page she has open ends by itself.
  await expect(grace).toHaveURL(/\/sign-in/, { timeout: 2_000 });

  await page.getByRole('link', { name: 'Audit log' }).click();
  for (const action of ['account.pause', 'account.invite', 'welcome', 'sign_in.refused']) {
    await expect(page.locator('main')).toContainText(action);
  }
  await page.getByLabel('What').fill('account');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.locator('tbody')).not.toContainText('sign_in');
});

test('pages of accounts and administration read on a phone, in every theme and without script', async ({ browser, guarded: { gemba } }) => {
  const page = await somebody(browser);
  await signIn(page, gemba, 'ada');
  await expect(freshness(page)).toBeVisible();
  const cookies = await page.context().cookies();
  const still = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await still.addCookies(cookies);
  const phone = await still.newPage();
  for (const path of ['/account', '/admin/people', '/admin/sessions', '/admin/tokens', '/admin/audit']) {
    await phone.goto(gemba.url + path);
    await expect(phone.locator('h1')).toBeVisible();
    const wide = await phone.locator('body').evaluate((body) => body.scrollWidth - body.clientWidth).catch(() => 0);
    expect(wide, `${path} is wider than the phone`).toBeLessThanOrEqual(0);
    for (const theme of ['light', 'dark', 'contrast']) {
      await page.goto(`${gemba.url}${path}?theme=${theme}`);
      const found = await new AxeBuilder({ page }).analyze();
      const serious = found.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
      expect(serious.map((one) => `${one.id}: ${one.nodes[0]?.html}`), `${path} ${theme}`).toEqual([]);
    }
  }
  // A token is shown once, works, and ends.
  await phone.goto(`${gemba.url}/account`);
  await phone.getByLabel('What for').fill('Reports');
  await phone.getByLabel('See values and states').check();
  await phone.getByRole('button', { name: 'New token' }).click();
  const token = await phone.getByLabel('Token', { exact: true }).inputValue();
  const ask = () => fetch(`${gemba.url}/api/fn/overview`, { headers: { authorization: `Bearer ${token}` } });
  expect((await ask()).status).toBe(200);
  const export_ = await fetch(`${gemba.url}/api/export.csv?point=1&from=0&to=1`, { headers: { authorization: `Bearer ${token}` } });
  expect(export_.status).toBe(403);
  await phone.locator('tr', { hasText: 'Reports' }).getByRole('button', { name: 'End' }).click();
  await expect(phone.locator('main')).toContainText('No program has a token.');
  expect((await ask()).status).toBe(401);
});

test.describe('a share link', () => {
  /** Makes a link as the owner; gives its address. */
  async function share(page: Page, gemba: Gemba, path: string, act: (page: Page) => Promise<void> = async () => undefined): Promise<string> {
    await page.goto(`${gemba.url}${path}`);
    await page.getByRole('link', { name: 'Share', exact: true }).click();
    await page.getByLabel('What for').fill('Supplier looks at the press');
    await act(page);
    await page.getByRole('button', { name: 'Create link' }).click();
    return page.getByLabel('The link', { exact: true }).inputValue();
  }

  test('opens on a phone without an account, lives, shows nothing around, and dies when it is revoked', async ({ page, browser, guarded: { broker, gemba } }) => {
    await signIn(page, gemba, 'ada');
    await expect(freshness(page)).toBeVisible();
    const html = await (await page.request.get(`${gemba.url}/api/fn/search?q=force`, { headers: { accept: 'application/json' } })).json();
    const asset = html[0].asset.asset;
    const url = await share(page, gemba, `/assets/${asset}`);
    await expect(page.locator('figure svg')).toBeVisible();
    expect(url).toMatch(/\/s\/[\w-]{32}$/);

    const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const guest = await phone.newPage();
    const heard: string[] = [];
    listen(guest, heard);
    const first = await guest.goto(url);
    expect(first?.headers()['referrer-policy']).toBe('no-referrer');
    expect(first?.headers()['x-robots-tag']).toContain('noindex');
    expect(first?.headers()['cache-control']).toBe('no-store');
    await expect(guest.getByRole('heading', { level: 1 })).toContainText(/press/i);
    await broker.publish('acme/lyon/press/force_kn', '21.5');
    await expect(guest.locator('.g-value__n', { hasText: '21.5' }).first()).toBeVisible();
    await expect(guest.getByRole('status')).toContainText('1 of 1 values live');
    await expect(guest.locator('header')).toContainText(/Link expires .+ left/);
    const text = await guest.content();
    for (const hidden of ['rotterdam', 'Rotterdam', 'force_kn', '/tags/', 'Ada']) expect(text, hidden).not.toContain(hidden);
    expect(text).toContain('og:title');
    expect(text, 'until when, and no value').toMatch(/og:description" content="Live asset view, expires [A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4}"/);
    // The holder of a link is nobody anywhere else.
    const elsewhere = await guest.request.get(`${gemba.url}/api/fn/overview`);
    expect(elsewhere.status()).toBe(401);
    expect(heard).toEqual([]);

    await page.goto(`${gemba.url}/links`);
    await expect(page.locator('tbody tr')).toHaveCount(1);
    await expect(page.locator('tbody tr')).toContainText('Supplier looks at the press');
    const begin = Date.now();
    await page.getByRole('button', { name: 'Revoke' }).click();
    await expect(guest.getByRole('heading', { name: 'This link has ended' })).toBeVisible({ timeout: 2_000 });
    expect(Date.now() - begin).toBeLessThan(2_000);
    // Ended and never there: the same answer.
    const ended = await guest.request.get(url, { headers: { accept: 'text/html' } });
    const never = await guest.request.get(url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), { headers: { accept: 'text/html' } });
    expect([ended.status(), never.status()]).toEqual([404, 404]);
    const plain = (body: string) => body.replace(/nonce="[^"]*"/g, '');
    expect(plain(await ended.text())).toBe(plain(await never.text()));
  });

  test('shows what it was made to show, reads without script, pauses, and asks for its PIN', async ({ page, browser, guarded: { gemba } }) => {
    await signIn(page, gemba, 'ada');
    await expect(freshness(page)).toBeVisible();
    const found = await (await page.request.get(`${gemba.url}/api/fn/search?q=force`, { headers: { accept: 'application/json' } })).json();
    const url = await share(page, gemba, `/assets/${found[0].asset.asset}`, async (dialog) => {
      await dialog.getByLabel('History (live').uncheck();
      await dialog.getByLabel('Who knows a PIN').check();
      await dialog.getByLabel('PIN, 4 to 12 digits').fill('2468');
    });
    const still = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    const guest = await still.newPage();
    await guest.goto(url);
    await expect(guest.getByRole('heading', { name: 'This link asks for a PIN' })).toBeVisible();
    await expect(guest.locator('body')).not.toContainText('21.5');
    await guest.getByRole('textbox', { name: 'PIN' }).fill('1111');
    await guest.getByRole('button', { name: 'Open' }).click();
    await expect(guest.getByRole('alert')).toHaveText('That is not the PIN.');
    await guest.getByRole('textbox', { name: 'PIN' }).fill('2468');
    await guest.getByRole('button', { name: 'Open' }).click();
    await expect(guest.locator('.g-value__n', { hasText: '21.5' }).first()).toBeVisible();
    await expect(guest.locator('.g-shared__hidden')).toHaveText('Hidden by owner: history.');
    await expect(guest.locator('.g-shared__trend')).toHaveCount(0);

    const live = await browser.newContext();
    await live.addCookies(await still.cookies());
    const open = await live.newPage();
    await open.goto(url);
    await expect(open.getByRole('status')).toContainText('values live');
    await page.goto(`${gemba.url}/links`);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(open.getByRole('heading', { name: 'This link has ended' })).toBeVisible({ timeout: 2_000 });
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await open.reload();
    await expect(open.getByRole('status')).toContainText('values live');
    const bytes = (await open.content()).length;
    expect(bytes, 'the page itself').toBeLessThan(60_000);
  });

  test('stands in another site’s page only where it was made for that', async ({ page, browser, guarded: { gemba } }) => {
    await signIn(page, gemba, 'ada');
    await expect(freshness(page)).toBeVisible();
    const found = await (await page.request.get(`${gemba.url}/api/fn/search?q=force`, { headers: { accept: 'application/json' } })).json();
    const asset = `/assets/${found[0].asset.asset}`;
    const plain = await share(page, gemba, asset);
    const embedded = await share(page, gemba, asset, (dialog) => dialog.getByLabel('May stand inside').check());
    const guest = await (await browser.newContext()).newPage();
    const policy = async (url: string) => (await guest.request.get(url, { headers: { accept: 'text/html' } })).headers();
    expect((await policy(embedded))['content-security-policy']).toContain("frame-ancestors 'none'");
    const framed = await policy(`${embedded}/embed`);
    expect(framed['content-security-policy']).toContain('frame-ancestors *');
    expect(framed['x-frame-options']).toBeUndefined();
    expect((await guest.request.get(`${plain}/embed`, { headers: { accept: 'text/html' } })).status()).toBe(404);
    const asked = (url: string) => guest.request.get(`${gemba.url}/oembed`, { params: { url, format: 'json' } });
    expect((await (await asked(embedded)).json()).html).toContain(`${embedded}/embed`);
    expect((await asked(plain)).status()).toBe(404);
  });
});
