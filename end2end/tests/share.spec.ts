// Share links from where they are made: the dialog and its preview, moments that are over, cards for chats, labels.

import AxeBuilder from '@axe-core/playwright';
import { expect, type Browser, type Page } from '@playwright/test';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Gemba } from '../lib/gemba';
import { PASSWORD, guarded, own, signIn, take } from '../lib/owned';
import { freshness, listen } from '../lib/test';

const test = guarded({ 'acme/lyon/press/force_kn': '12.5' });

test.describe.configure({ mode: 'serial' });

async function owner(page: Page, gemba: Gemba): Promise<void> {
  if (!gemba.runs('user', 'list').includes('ada')) return own(page, gemba);
  await signIn(page, gemba, 'ada');
  await expect(freshness(page)).toBeVisible();
}

async function press(page: Page, gemba: Gemba): Promise<number> {
  const found = await (await page.request.get(`${gemba.url}/api/fn/search?q=force`, { headers: { accept: 'application/json' } })).json();
  return found[0].asset.asset;
}

async function make(page: Page): Promise<string> {
  await page.getByLabel('What for').fill('Supplier looks at the press');
  await page.getByRole('button', { name: 'Create link' }).click();
  return page.getByLabel('The link', { exact: true }).inputValue();
}

async function guest(browser: Browser, javaScriptEnabled = true): Promise<Page> {
  return (await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled })).newPage();
}

test('the dialog shows beside it what will be seen, and follows each choice', async ({ page, guarded: { gemba } }) => {
  const heard: string[] = [];
  listen(page, heard);
  await owner(page, gemba);
  const asset = await press(page, gemba);
  await page.goto(`${gemba.url}/assets/${asset}`);
  await page.getByRole('link', { name: 'Share', exact: true }).click();
  const phone = page.frameLocator('iframe[name=preview]');
  await expect(phone.getByRole('heading', { level: 1 })).toContainText(/press/i);
  await expect(phone.locator('.g-value__n')).toHaveText('12.5');
  await page.getByLabel('Live values').uncheck();
  await expect(phone.locator('.g-value__n')).toHaveCount(0);
  await expect(phone.locator('.g-shared__hidden').first()).toHaveText('Hidden by owner: values.');
  await page.getByLabel('Live values').check();
  await page.getByLabel('History (live').uncheck();
  await expect(phone.locator('.g-shared__trend')).toHaveCount(0);
  await expect(phone.locator('.g-value__n')).toHaveText('12.5');
  // What is typed and not needed for it stays out of addresses and in the form.
  await page.getByLabel('Who knows a PIN').check();
  await page.getByLabel('PIN, 4 to 12 digits').fill('24');
  await expect(phone.locator('.g-value__n')).toHaveText('12.5');
  await page.getByLabel('What for').fill('Press');
  await page.locator('form[data-preview]').evaluate((form: HTMLFormElement) => (form.noValidate = true));
  heard.length = 0;
  await page.getByRole('button', { name: 'Create link' }).click();
  await expect(page.getByRole('alert')).toHaveText('A PIN has 4 to 12 digits.');
  await expect(page.getByLabel('What for')).toHaveValue('Press');
  await expect(page.getByLabel('History (live')).not.toBeChecked();
  expect(heard.filter((words) => !words.includes('422'))).toEqual([]);
  const framed = await page.request.get(`${gemba.url}/share/preview?asset=${asset}`);
  expect(framed.headers()['content-security-policy']).toContain("frame-ancestors 'self'");
  // Nobody is offered a code where none can be sent.
  await expect(page.getByLabel('Invited e-mail addresses')).toHaveCount(0);
  for (const theme of ['light', 'dark', 'contrast']) {
    await page.goto(`${gemba.url}/share?asset=${asset}&theme=${theme}`);
    const found = await new AxeBuilder({ page }).analyze();
    const serious = found.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
    expect(serious.map((one) => `${one.id}: ${one.nodes[0]?.html}`), theme).toEqual([]);
  }
});

test('a moment stays as it was, and a link ends on the day that was chosen', async ({ page, browser, guarded: { broker, gemba } }) => {
  await owner(page, gemba);
  const asset = await press(page, gemba);
  await page.goto(`${gemba.url}/share?asset=${asset}`);
  await page.getByLabel('A moment, as it was then').check();
  // Moments are whole minutes: what was there before the server was heard of nothing.
  const before = await make(page);
  await page.getByText('Make another link').click();
  const moment = await page.getByRole('textbox', { name: 'Moment' }).inputValue();
  const url = await (async () => {
    await page.goto(`${gemba.url}/share?asset=${asset}&from=${Date.now() - 3_600_000}&to=${Date.now() - 1}`);
    await expect(page.getByLabel('A stretch of the past')).toBeChecked();
    // To the end of a minute that is not over: as far as it goes now.
    await page.getByLabel('To', { exact: true }).fill(localMinute(page, 60_000));
    await page.getByRole('combobox', { name: 'Until' }).selectOption({ label: 'A day I choose' });
    const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('Last day').fill(day);
    return make(page);
  })();
  expect(moment).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  await broker.publish('acme/lyon/press/force_kn', '44.5');
  const live = await guest(browser);
  await live.goto(before);
  await expect(live.getByText(/^As it was on /)).toBeVisible();
  const still = await guest(browser, false);
  for (const open of [live, still]) {
    await open.goto(url);
    await expect(open.getByText(/^As it was on /)).toBeVisible();
    await expect(open.locator('.g-value__n')).toHaveText('12.5');
    await expect(open.locator('.g-shared__trend')).toBeVisible();
  }
  await page.goto(`${gemba.url}/assets/${asset}`);
  await expect(page.locator('.g-value__n', { hasText: '44.5' }).first()).toBeVisible();
  await expect(live.locator('.g-value__n')).toHaveText('12.5');
});

/** Now and a while later on the server's wall clock, as browsers write it: both stand on one machine. */
function localMinute(_page: Page, later: number): string {
  const at = new Date(Date.now() + later);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

test('a chat shows a card with the name and no value, and none of what is locked or over', async ({ page, browser, guarded: { gemba } }) => {
  await owner(page, gemba);
  await page.goto(`${gemba.url}/share?asset=${await press(page, gemba)}`);
  const url = await make(page);
  const bot = await guest(browser, false);
  const html = await (await bot.request.get(url, { headers: { accept: 'text/html' } })).text();
  const image = /property="og:image" content="([^"]+)"/.exec(html)?.[1] ?? '';
  expect(image).toBe(`${url}/card.png`);
  const card = await bot.request.get(image);
  expect(card.headers()).toMatchObject({ 'content-type': 'image/png', 'cache-control': 'no-store', 'cross-origin-resource-policy': 'cross-origin' });
  const size = await page.evaluate(async (src) => {
    const picture = new Image();
    picture.src = src;
    await picture.decode();
    return [picture.naturalWidth, picture.naturalHeight];
  }, image);
  expect(size).toEqual([1200, 630]);
  await page.goto(`${gemba.url}/links`);
  // Looking at the card is not opening the link: the page itself was, once.
  await expect(page.locator('tbody tr').first().locator('td a')).toHaveText('1');
  await page.getByRole('button', { name: 'Revoke' }).first().click();
  expect((await bot.request.get(image)).status()).toBe(404);

  await page.goto(`${gemba.url}/share?asset=${await press(page, gemba)}`);
  await page.getByLabel('Who knows a PIN').check();
  await page.getByLabel('PIN, 4 to 12 digits').fill('2468');
  const locked = await make(page);
  expect((await bot.request.get(`${locked}/card.png`)).status()).toBe(404);
  expect(await (await bot.request.get(locked, { headers: { accept: 'text/html' } })).text()).not.toContain('og:');
});

test('a label leads to its asset after signing in, in its physical size, and one of a link says when it ends', async ({ page, browser, guarded: { gemba } }) => {
  await owner(page, gemba);
  const asset = await press(page, gemba);
  await page.goto(`${gemba.url}/share?asset=${asset}`);
  await page.getByRole('link', { name: 'Labels' }).click();
  for (const [size, width, height] of [['50 × 25 mm', 50, 25], ['62 × 29 mm', 62, 29], ['100 × 50 mm', 100, 50], ['A4 sheet', 70, 37], ['Letter sheet', 66.7, 25.4]] as const) {
    const option = await page.getByLabel('Size').locator('option', { hasText: size }).getAttribute('value');
    await page.getByLabel('Size').selectOption(option);
    await page.getByLabel('Test print').setChecked(size !== '62 × 29 mm');
    await page.getByRole('button', { name: 'Show' }).click();
    const box = await page.locator('.g-label').first().boundingBox();
    const millimetres = (pixels = 0) => Math.round((pixels * 254) / 96) / 10;
    expect([millimetres(box?.width), millimetres(box?.height)], size).toEqual([width, height]);
    const code = await page.locator('.g-label__qr').first().boundingBox();
    expect(millimetres(code?.width), 'large enough to scan').toBeGreaterThanOrEqual(20);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const paper = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf.toString('latin1'));
    const points = { '50 × 25 mm': [50, 25], '62 × 29 mm': [62, 29], '100 × 50 mm': [100, 50], 'A4 sheet': [210, 297], 'Letter sheet': [215.9, 279.4] }[size];
    const printed = [paper?.[1], paper?.[2]].map((side) => (Number(side) * 25.4) / 72);
    printed.forEach((side, at) => expect(Math.abs(side - (points[at] ?? 0)), `${size}: ${printed}`).toBeLessThan(0.5));
  }
  const code = (await page.locator('.g-label__code').first().innerText()).replace(' ', '');
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);

  const fresh = await guest(browser);
  await fresh.goto(`${gemba.url}/A/${code}`);
  await expect(fresh).toHaveURL(/\/sign-in\?next=/);
  await fresh.getByLabel('Name').fill('ada');
  await fresh.getByLabel('Password').fill(PASSWORD);
  await fresh.getByRole('button', { name: 'Sign in' }).click();
  await expect(fresh).toHaveURL(`${gemba.url}/assets/${asset}`);
  await fresh.goto(`${gemba.url}/a/${code.toLowerCase()}`);
  await expect(fresh).toHaveURL(`${gemba.url}/assets/${asset}`);
  const slip = code.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  expect((await fresh.goto(`${gemba.url}/a/${slip}`))?.status()).toBe(404);
  await expect(fresh.getByRole('heading', { name: 'This label is of another Gemba' })).toBeVisible();

  await page.goto(`${gemba.url}/share?asset=${asset}`);
  await make(page);
  const opens = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Print a label' }).click();
  const label = await opens;
  await expect(label.locator('.g-label__ends')).toContainText('Until:');
  await expect(label.locator('.g-label__code')).toHaveCount(0);
  expect(label.url()).toBe(`${gemba.url}/share/label`);
});

test('links stop with their owner and come back paused for who looks again', async ({ page, browser, guarded: { gemba } }) => {
  await owner(page, gemba);
  const said = gemba.runs('user', 'invite', 'grace', '--role', 'engineer');
  const hers = await guest(browser);
  await take(hers, /https?:\S+\/welcome\/\S+/.exec(said)?.[0] ?? '', 'Ada');
  await hers.goto(`${gemba.url}/share?asset=${await press(page, gemba)}`);
  const url = await make(hers);
  const open = await guest(browser);
  await open.goto(url);
  await expect(open.getByRole('status')).toContainText('values live');
  await page.goto(`${gemba.url}/admin/people`);
  await page.getByRole('link', { name: 'grace' }).click();
  await page.getByRole('button', { name: 'Pause the account' }).click();
  await expect(open.getByRole('heading', { name: 'This link has ended' })).toBeVisible({ timeout: 2_000 });
  await page.getByRole('button', { name: 'Let the account go on' }).click();
  await open.goto(url);
  await expect(open.getByRole('status')).toContainText('values live');
  // She is given another role: what she shared may be more than she sees now.
  await page.getByRole('button', { name: 'Take away' }).first().click();
  await expect(open.getByRole('heading', { name: 'This link has ended' })).toBeVisible({ timeout: 2_000 });
  await page.goto(`${gemba.url}/admin/links`);
  await expect(page.locator('tbody tr', { hasText: 'grace' })).toContainText('Paused');
});

test('a link that is made is where reading begins, and leaves by copying and by mail', async ({ page, context, browser, guarded: { gemba } }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await owner(page, gemba);
  const asset = await press(page, gemba);
  await page.goto(`${gemba.url}/share?asset=${asset}`);
  const url = await make(page);
  await expect(page.getByRole('heading', { name: 'The link is made' })).toBeFocused();
  await expect(page.getByRole('heading', { name: 'The link is made' })).toBeInViewport();
  // The form is folded away until it is wanted again.
  await expect(page.getByLabel('What for')).toBeHidden();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url);
  const mail = new URL((await page.getByRole('link', { name: 'E-mail' }).getAttribute('href')) ?? '');
  expect(mail.protocol).toBe('mailto:');
  expect(mail.searchParams.get('subject')).toMatch(/^Gemba: /);
  expect(mail.searchParams.get('body')).toMatch(new RegExp(`, until .+:\r\n${url}$`));
  await page.getByText('Make another link').click();
  await expect(page.getByLabel('What for')).toBeVisible();

  // Without script the link is there to be chosen, and nothing is offered that does not work.
  const still = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() });
  const plain = await still.newPage();
  await plain.goto(`${gemba.url}/share?asset=${asset}`);
  expect(await make(plain)).toMatch(/\/s\/\S+$/);
  await expect(plain.getByRole('button', { name: 'Copy', exact: true })).toBeHidden();
  await expect(plain.getByRole('link', { name: 'E-mail' })).toBeVisible();
  await still.close();
});

test('what a phone loads before the client is below 150 kB, and the client comes after the first paint', async ({ page, browser, guarded: { broker, gemba } }) => {
  for (let n = 0; n < 12; n++) await broker.publish(`acme/lyon/press/zone${n}_c`, `${20 + n}`, { retain: true });
  await owner(page, gemba);
  await page.goto(`${gemba.url}/share?asset=${await press(page, gemba)}`);
  const url = await make(page);
  const phone = await guest(browser, false);
  const network = await phone.context().newCDPSession(phone);
  await network.send('Network.enable');
  const sent = new Map<string, { url: string; bytes: number }>();
  network.on('Network.responseReceived', ({ requestId, response }) => sent.set(requestId, { url: response.url, bytes: 0 }));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const one = sent.get(requestId);
    if (one) one.bytes = encodedDataLength;
  });
  await phone.goto(url, { waitUntil: 'networkidle' });
  await expect(phone.locator('.g-value__n').first()).toBeVisible();
  const files = [...sent.values()].filter((file) => !/\.(js|wasm)(\?|$)/.test(file.url));
  expect(files.length, 'page, style and font at least').toBeGreaterThanOrEqual(3);
  expect(files.every((file) => file.bytes > 0)).toBe(true);
  const sum = files.reduce((sum, file) => sum + file.bytes, 0);
  console.log(`a shared page: ${sum} B in ${files.length} files`);
  expect(sum, JSON.stringify(files)).toBeLessThan(150_000);
  expect(sent.size, 'nothing of the client').toBe(files.length);

  // Nothing of where the asset is in the plant: not in the page, not in what the socket says.
  const said = [await (await phone.request.get(url, { headers: { accept: 'text/html' } })).text()];
  const live = await guest(browser);
  live.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => said.push(payload.toString('latin1'))));
  await live.goto(url);
  await expect(live.getByRole('status')).toContainText('values live');
  const [painted, begun] = await live.evaluate(() => {
    const client = performance.getEntriesByType('resource').filter((one) => /\.(js|wasm)$/.test(new URL(one.name).pathname));
    return [performance.getEntriesByName('first-paint')[0]?.startTime ?? 0, Math.min(...client.map((one) => one.startTime))];
  });
  expect(painted).toBeGreaterThan(0);
  expect(begun).toBeGreaterThanOrEqual(painted);
  await broker.publish('acme/lyon/press/force_kn', '13.5', { retain: true });
  await expect(live.getByText('13.5').first(), 'and lives as before').toBeVisible();
  expect(said.length, 'the page, and frames').toBeGreaterThan(2);
  for (const words of said) expect(words.toLowerCase()).not.toMatch(/acme|lyon/);
  await broker.publish('acme/lyon/press/force_kn', '12.5', { retain: true });
});

test('in another page the name, values and trend fit, and a stricter sandbox still shows them', async ({ page, browser, guarded: { gemba } }) => {
  await owner(page, gemba);
  await page.goto(`${gemba.url}/share?asset=${await press(page, gemba)}`);
  await page.getByLabel('May stand inside').check();
  const url = await make(page);
  // Another name of this machine: another site.
  let html = '';
  const server = createServer((_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end(html));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const other = `http://localhost:${(server.address() as AddressInfo).port}/`;
  const site = await guest(browser);
  for (const [width, height] of [[640, 360], [320, 180]]) {
    for (const panel of ['', '?panel=values', '?panel=trend']) {
      for (const sandbox of ['allow-scripts allow-same-origin', 'allow-scripts']) {
        await site.setViewportSize({ width: 900, height: 600 });
        html = `<iframe src="${url}/embed${panel}" width="${width}" height="${height}" style="border:0" sandbox="${sandbox}"></iframe>`;
        await site.goto(other);
        const frame = site.frameLocator('iframe');
        const what = `${width}×${height} ${panel} ${sandbox}`;
        await expect(frame.getByRole('heading', { level: 1 }), what).toBeVisible();
        if (panel !== '?panel=trend') await expect(frame.locator('.g-value__n').first(), what).toBeVisible();
        // Without its own origin a frame gets no style sheet and no socket: bare, and readable.
        if (!sandbox.includes('origin')) continue;
        await expect(frame.getByRole('status'), what).toContainText('values live');
        const shown = panel === '?panel=trend' ? ['h1', '.g-trend__plot:visible'] : panel ? ['h1', '.g-value'] : ['h1', '.g-value', '.g-trend__plot:visible'];
        const within = (await site.locator('iframe').boundingBox())!;
        for (const part of shown) {
          const box = (await frame.locator(part).first().boundingBox())!;
          expect(box.y + box.height, `${what} ${part}`).toBeLessThanOrEqual(within.y + within.height);
          expect(box.x + box.width, `${what} ${part}`).toBeLessThanOrEqual(within.x + within.width);
        }
        await expect(frame.locator('.g-trend__plot'), what).toHaveCount(panel === '?panel=values' ? 0 : 2);
      }
    }
  }
  server.close();
});

test('labels at a tablet’s width are seen whole, and without a choice the page says how to make one', async ({ page, guarded: { gemba } }) => {
  await owner(page, gemba);
  const asset = await press(page, gemba);
  for (const [width, isWhole] of [[768, true], [620, true], [390, false]] as const) {
    await page.setViewportSize({ width, height: 1024 });
    for (const size of ['a4', 'letter']) {
      await page.goto(`${gemba.url}/labels?asset=${asset}&below=on&size=${size}`);
      await expect(page.locator('.g-label').first()).toBeInViewport({ ratio: 1 });
      const [needed, there, flow] = await page.locator('.g-labels').evaluate((sheet) => [sheet.scrollWidth, sheet.clientWidth, getComputedStyle(sheet).overflowX]);
      if (isWhole) expect(needed, `${size} at ${width}`).toBeLessThanOrEqual(Number(there));
      expect(flow, 'a phone reaches the rest').toBe('auto');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  }
  await page.goto(`${gemba.url}/labels`);
  await expect(page.getByRole('heading', { name: 'Whose labels?' })).toBeVisible();
});

test('who holds a link that lets them reports a problem, with and without script, and it is work', async ({ page, browser, guarded: { gemba } }) => {
  await owner(page, gemba);
  await page.goto(`${gemba.url}/share?asset=${await press(page, gemba)}`);
  await page.getByLabel('Report a problem').check();
  const phone = page.frameLocator('iframe[name=preview]');
  await expect(phone.getByText('Report a problem')).toBeVisible();
  const link = await make(page);
  for (const script of [true, false]) {
    const holder = await guest(browser, script);
    const heard: string[] = [];
    listen(holder, heard);
    await holder.goto(link);
    await holder.getByRole('link', { name: 'Report a problem' }).click();
    await holder.getByLabel('What is wrong, in a few words').fill(script ? 'Oil below the ram' : 'It knocks <b>hard</b>');
    await holder.getByLabel('Your name').fill('Grace, the supplier');
    if (script) {
      const { violations } = await new AxeBuilder({ page: holder }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
    }
    await holder.getByRole('button', { name: 'Send' }).click();
    await expect(holder.getByRole('status')).toContainText(/WO-\d+/);
    await holder.getByRole('link').last().click();
    await expect(holder.getByRole('heading', { level: 1 })).toContainText(/press/i);
    expect(heard).toEqual([]);
    await holder.context().close();
  }
  await page.goto(`${gemba.url}/work`);
  await expect(page.getByRole('link', { name: 'It knocks <b>hard</b>' })).toBeVisible();
  await page.getByRole('link', { name: 'Oil below the ram' }).click();
  await expect(page.locator('main')).toContainText('Grace, the supplier');
  await expect(page.locator('main')).toContainText(/Share link \d+/);
});

test('a link that does not let its holder report answers like one that is gone', async ({ page, browser, guarded: { gemba } }) => {
  await owner(page, gemba);
  await page.goto(`${gemba.url}/share?asset=${await press(page, gemba)}`);
  const link = await make(page);
  const holder = await guest(browser);
  await holder.goto(link);
  await expect(holder.getByRole('heading', { level: 1 })).toContainText(/press/i);
  await expect(holder.getByRole('link', { name: 'Report a problem' })).toHaveCount(0);
  const [not, gone] = await Promise.all([`${link}/report`, `${gemba.url}/s/${'x'.repeat(43)}/report`].map((url) => holder.request.get(url)));
  expect([not?.status(), gone?.status()]).toEqual([404, 404]);
  const text = async (answer: typeof not) => (await answer?.text())?.replace(/nonce="[^"]*"/g, '');
  expect(await text(not)).toBe(await text(gone));
});
