// Which brokers are used: what somebody added on the page they stop there, and take back, over restarts;
// the same broker by another name is still the same; what the configuration says, it decides.

import { test, expect, type Page } from '@playwright/test';
import { Broker } from '../lib/broker';
import { Gemba } from '../lib/gemba';
import { freshness, listen, openLive } from '../lib/test';

const TOPIC = 'mill/mixer/speed';

/** Types an address, tests it, and uses it. */
async function add(page: Page, address: string): Promise<void> {
  await page.getByLabel('Address', { exact: true }).fill(address);
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByRole('button', { name: 'Use it' }).click({ timeout: 20_000 });
}

test('a broker is used no longer, and again: its tags keep their history', async ({ page }) => {
  test.setTimeout(120_000);
  const heard: string[] = [];
  listen(page, heard);
  const broker = await Broker.start();
  const gemba = await Gemba.empty();
  try {
    await openLive(page, `${gemba.url}/sources`);
    await add(page, broker.url);
    const card = page.getByRole('region', { name: '127.0.0.1', exact: true });
    await expect(card).toContainText('Connected');
    await broker.publish(TOPIC, '60.5');
    await expect(card).toContainText('of 1 tag');
    // The embedded one is nobody's to stop here.
    await expect(page.getByRole('region', { name: 'embedded' })).toContainText('used while there is no other');

    // By any name it is the same broker.
    for (const name of ['localhost', '[::1]']) {
      await page.getByLabel('Address', { exact: true }).fill(`mqtt://${name}:${broker.port}`);
      const answer = await page.request.post(`${gemba.url}/api/fn/use_broker`, {
        form: { 'broker[address]': `mqtt://${name}:${broker.port}`, 'broker[version]': '5' },
        headers: { origin: gemba.url },
      });
      expect(await answer.text()).toContain('in use already, as 127.0.0.1');
    }

    // It says first what will happen.
    await card.getByText('Stop using…').click();
    await expect(card).toContainText('Its one tag goes offline and keeps its history.');
    await card.getByRole('button', { name: 'Stop using 127.0.0.1' }).click();
    await expect(card).toContainText('Not in use');
    await expect(card.getByRole('button', { name: 'Use again' })).toBeFocused();
    await expect(page.getByRole('main')).toContainText('1 of 1 source connected');
    await broker.publish(TOPIC, '61.5');

    const tag = await tagPath(gemba);
    await openLive(page, `${gemba.url}${tag}`);
    const value = page.locator('main [data-point]').first();
    await expect(value).toHaveAttribute('data-q', 'offline');
    await expect(value).toContainText('60.5');
    // Nobody needs to look after it: it was meant.
    await expect(freshness(page)).not.toContainText('127.0.0.1');
    await page.goto(`${gemba.url}/overview`);
    await expect(page.locator('.g-needs, main').first()).not.toContainText(/connection .*lost/i);

    // So it stays.
    await gemba.stop();
    await gemba.run();
    await openLive(page, `${gemba.url}/sources`);
    await expect(card).toContainText('Not in use');
    await openLive(page, `${gemba.url}${tag}`);
    await expect(value).toHaveAttribute('data-q', 'offline');

    // And back: the broker kept what was said meanwhile.
    await openLive(page, `${gemba.url}/sources`);
    await card.getByRole('button', { name: 'Use again' }).click();
    await expect(card).toContainText('Connected');
    await expect(card.getByText('Stop using…')).toBeFocused();
    await openLive(page, `${gemba.url}${tag}`);
    await expect(value).toContainText('61.5');
    const csv = await (await page.request.get(`${gemba.url}/api/export.csv?point=${tag.split('/').pop()}&from=0&to=9999999999999`)).text();
    expect(csv).toContain('60.5');
    expect(csv).toContain('61.5');
    await gemba.stop();
    await gemba.run();
    await openLive(page, `${gemba.url}/sources`);
    await expect(card).toContainText('Connected');
    expect(heard.filter((words) => !/WebSocket|ERR_CONNECTION|Failed to load/.test(words)), 'the browser complained').toEqual([]);
  } finally {
    await gemba.end();
    await broker.stop();
  }
});

test('what the configuration says, it decides', async ({ page }) => {
  const broker = await Broker.start();
  const gemba = await Gemba.serve(broker.url);
  try {
    await openLive(page, `${gemba.url}/sources`);
    const card = page.getByRole('region', { name: 'broker-1' });
    await expect(card).toContainText('Set by the configuration');
    await expect(page.getByText('Stop using…')).toHaveCount(0);
    const answer = await page.request.post(`${gemba.url}/api/fn/set_source_use`, {
      form: { source: '1', used: 'false' },
      headers: { origin: gemba.url },
    });
    expect(answer.ok()).toBe(false);
    await expect(card).toContainText('Connected');
  } finally {
    await gemba.end();
    await broker.stop();
  }
});

test('without script the forms do the same', async ({ browser }) => {
  test.setTimeout(90_000);
  const broker = await Broker.start();
  const gemba = await Gemba.empty();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  try {
    await page.goto(`${gemba.url}/sources`);
    await page.getByLabel('Address', { exact: true }).fill(`localhost:${broker.port}`);
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByRole('button', { name: 'Use it' }).click({ timeout: 20_000 });
    await page.goto(`${gemba.url}/sources`);
    const card = page.getByRole('region', { name: 'localhost', exact: true });
    await card.getByText('Stop using…').click();
    await card.getByRole('button', { name: 'Stop using localhost' }).click();
    await expect(card).toContainText('Not in use');
    await card.getByRole('button', { name: 'Use again' }).click();
    await expect(card).not.toContainText('Not in use');
  } finally {
    await context.close();
    await gemba.end();
    await broker.stop();
  }
});

async function tagPath(gemba: Gemba): Promise<string> {
  const html = await (await fetch(`${gemba.url}/search?q=speed`)).text();
  const path = /href="([^"]*\/tags\/\d+)"/.exec(html)?.[1];
  if (!path) throw new Error('the tag is not found');
  return path;
}
