// Attacks that need a browser. The rest of the suite is server/tests/it/attacks.

import { test as base, expect, type Page } from '@playwright/test';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Broker } from '../lib/broker';
import { Gemba } from '../lib/gemba';
import { until } from '../lib/process';
import { openLive } from '../lib/test';

const PASSWORD = 'correct horse battery';
/** Breaks out of text, of an attribute, and of the data that a page begins with. A slash would end a topic's level. */
const SCRIPT = '"\'><img src=x onerror=window.pwned=1><svg onload=window.pwned=2>';

interface Site {
  broker: Broker;
  gemba: Gemba;
  /** Another site: what its page says is set by the test. */
  evil: { url: string; page: string };
}

const test = base.extend<object, { site: Site }>({
  site: [
    async ({}, use) => {
      const broker = await Broker.start();
      await broker.publish('acme/lyon/press/force_kn', '12.5', { retain: true });
      const gemba = await Gemba.guarded(broker.url);
      const evil = { url: '', page: '' };
      const server: Server = createServer((_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end(evil.page));
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      // Another name of this machine: another site.
      evil.url = `http://localhost:${(server.address() as AddressInfo).port}/`;
      await use({ broker, gemba, evil });
      server.close();
      await gemba.end();
      await broker.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

/** Signed in as the owner, who begins by the printed link. */
async function enter(page: Page, gemba: Gemba): Promise<void> {
  const link = /https?:\S+\/welcome\/\S+/.exec(gemba.words)?.[0] ?? '';
  await page.goto(link);
  if (await page.getByLabel('Password').isVisible()) {
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Choose and sign in' }).click();
  }
  await page.goto(`${gemba.url}/sign-in`);
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/overview/);
}

const pwned = (page: Page) => page.evaluate(() => (window as { pwned?: number }).pwned ?? 0);

test.describe.configure({ mode: 'serial' });

test('script in topics, payloads and names runs in no page', async ({ page, site: { broker, gemba } }) => {
  page.on('dialog', (dialog) => {
    throw new Error(`a dialog: ${dialog.message()}`);
  });
  await until('the first owner’s link is printed', async () => /\/welcome\/\S+/.test(gemba.words));
  await enter(page, gemba);
  await broker.publish(`acme/lyon/${SCRIPT}/state`, SCRIPT, { retain: true });
  await broker.publish('acme/lyon/press/note', SCRIPT, { retain: true });
  await until('it is heard', async () => (await page.request.get(`${gemba.url}/api/fn/search?q=onerror`)).text().then((hits) => hits.includes('onerror')));
  const hits: { asset: { asset: number }; point: number[] | null }[] = await (
    await page.request.get(`${gemba.url}/api/fn/search?q=onerror`, { headers: { accept: 'application/json' } })
  ).json();
  const paths = hits.flatMap((hit) => [`/assets/${hit.asset.asset}`, ...(hit.point ?? []).slice(0, 1).map((point) => `/tags/${point}`)]);
  expect(paths.length).toBeGreaterThan(0);
  for (const path of ['/overview', '/h/acme/lyon', '/search?q=onerror', '/sources', '/sources/learn', ...paths]) {
    await openLive(page, gemba.url + path);
    expect(await pwned(page), path).toBe(0);
  }
  // Live too, and typed into the palette.
  const notes: typeof hits = await (
    await page.request.get(`${gemba.url}/api/fn/search?q=note`, { headers: { accept: 'application/json' } })
  ).json();
  const note = notes.flatMap((hit) => (hit.point ?? []).slice(0, 1))[0];
  await openLive(page, `${gemba.url}/tags/${note}`);
  await broker.publish('acme/lyon/press/note', `${SCRIPT} again`, { retain: true });
  await expect(page.locator('body')).toContainText('again');
  expect(await pwned(page)).toBe(0);
  await page.goto(`${gemba.url}/admin/people`);
  await page.getByLabel('Name as shown').fill('<img src=x onerror=window.pwned=1>');
  await page.getByLabel('Sign-in name').fill('eve');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.locator('body')).toContainText('onerror');
  await page.goto(`${gemba.url}/admin/people`);
  await expect(page.locator('tbody')).toContainText('onerror');
  expect(await pwned(page)).toBe(0);
});

test('a script of a page reads no cookie of ours', async ({ page, site: { gemba } }) => {
  await enter(page, gemba);
  const names = (await page.context().cookies()).map((cookie) => cookie.name);
  expect(names).toContain('gemba_session');
  expect(await page.evaluate(() => document.cookie)).not.toContain('gemba_session');
});

test('another site frames no page', async ({ page, site: { gemba, evil } }) => {
  await enter(page, gemba);
  for (const path of ['/overview', '/sign-in', '/admin/people', '/healthz']) {
    evil.page = `<iframe id="framed" src="${gemba.url}${path}"></iframe>`;
    await page.goto(evil.url);
    const frame = await (await page.waitForSelector('#framed')).contentFrame();
    await expect.poll(() => frame?.url() ?? '', { message: path }).toMatch(/^chrome-error:|^about:/);
  }
});

test('another site reads nothing, writes nothing and hears nothing beside an open page', async ({ page, site: { gemba, evil } }) => {
  await enter(page, gemba);
  evil.page = '<title>evil</title>';
  const other = await page.context().newPage();
  await other.goto(evil.url);
  const got = await other.evaluate(async (url) => {
    const read = async (path: string, init: RequestInit) =>
      fetch(url + path, { credentials: 'include', ...init }).then(
        async (answer) => answer.type + (await answer.text().catch(() => '')),
        () => 'refused',
      );
    const form = new URLSearchParams({ name: 'mallory', display: 'Mallory', role: 'owner' });
    const socket = await new Promise((done) => {
      const live = new WebSocket(url.replace('http', 'ws') + '/api/ws');
      live.onopen = () => done('open');
      live.onerror = () => done('refused');
    });
    return {
      read: await read('/api/fn/overview', {}),
      blind: await read('/api/fn/overview', { mode: 'no-cors' }),
      preflight: await read('/api/fn/overview', { headers: { 'x-gemba-token': 'x' } }),
      write: await read('/admin/people/invite', { method: 'POST', body: form, mode: 'no-cors' }),
      socket,
    };
  }, gemba.url);
  for (const [how, what] of Object.entries(got)) expect(what, how).toMatch(/^(refused|opaque)$/);
  // The same by a form that leads there.
  await other.setContent(`<form method="post" action="${gemba.url}/admin/people/invite">
    <input name="name" value="mallory"><input name="display" value="Mallory"><input name="role" value="owner"><button>x</button></form>`);
  await other.getByRole('button').click();
  await other.waitForLoadState();
  await page.goto(`${gemba.url}/admin/people`);
  await expect(page.locator('tbody')).toContainText('Ada');
  await expect(page.locator('tbody')).not.toContainText('Mallory');
});
