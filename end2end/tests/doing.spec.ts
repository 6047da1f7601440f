// What people do: search, rename a tag, take data out, bring their own broker.

import { Broker } from '../lib/broker';
import { expect, openLive, place, test } from '../lib/test';

test.beforeAll(async ({ plant }) => {
  await plant.broker.publish('acme/lyon/pump-1/flow', '12.5');
  await plant.broker.publish('acme/lyon/pump-1/pressure', '4.5');
  await place(plant.gemba, '/h/acme/lyon/pump-1');
});

test('Ctrl K finds a tag by its name and goes there', async ({ page }) => {
  await openLive(page, '/overview');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search or jump to' });
  await expect(palette).toBeVisible();
  await page.keyboard.type('pressure');
  await expect(palette.getByRole('option', { name: /pressure/i }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.locator('h1')).toContainText(/pressure/i);
  await expect(page.locator('main')).toContainText('acme/lyon/pump-1/pressure');
});

test('a tag gets another name and a unit, and keeps them over a restart', async ({ page, plant, may }) => {
  may(/WebSocket connection to|net::ERR_|Failed to load resource|Failed to fetch/);
  const html = await (await page.request.get('/search?q=flow', { headers: { accept: 'text/html' } })).text();
  const tag = /href="(\/tags\/\d+)"/.exec(html)?.[1] ?? '';
  await openLive(page, tag);
  const settings = page.locator('form', { has: page.getByRole('button', { name: 'Save settings' }) });
  await settings.getByLabel('Name').fill('Feed flow');
  await settings.getByLabel('Unit').fill('m³/h');
  await settings.getByRole('button', { name: 'Save settings' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await plant.gemba.kill();
  await plant.gemba.run();
  await page.goto(tag);
  await expect(page.locator('h1')).toContainText('Feed flow');
  await expect(page.locator('main')).toContainText('m³/h');
  await expect(page.locator('main'), 'the value is still there').toContainText('12.5');
});

test('a trend is drawn by plotly when it is looked at, and comes out as CSV', async ({ page, plant }) => {
  for (const value of [1.5, 2.5, 3.5]) await plant.broker.publish('acme/lyon/pump-1/pressure', `${value}`);
  await openLive(page, '/h/acme/lyon/pump-1');
  await page.getByRole('link', { name: 'CSV' }).first().scrollIntoViewIfNeeded();
  await expect(page.locator('.js-plotly-plot').first()).toBeVisible();
  const csv = await page.request.get((await page.getByRole('link', { name: 'CSV' }).last().getAttribute('href')) ?? '');
  expect(csv.headers()['content-type']).toContain('text/csv');
  const lines = (await csv.text()).trim().split('\n');
  expect(lines.length).toBeGreaterThan(1);
});

test('a newcomer brings their own broker: test, look, use', async ({ page, plant }) => {
  const theirs = await Broker.start();
  try {
    await openLive(page, '/sources');
    await page.getByLabel('Address', { exact: true }).fill(theirs.url);
    await page.getByRole('button', { name: 'Test' }).click();
    // It listens for a few seconds: speak meanwhile.
    const speaking = setInterval(() => void theirs.publish('mill/mixer/speed', '60.5').catch(() => undefined), 200);
    await expect(page.locator('main')).toContainText('mill/mixer/speed', { timeout: 15_000 });
    await page.getByRole('button', { name: 'Use it' }).click();
    await expect(page.locator('main')).toContainText(`${theirs.port}`);
    await expect(page.locator('main')).toContainText(/2 of 2 sources connected/);
    await expect.poll(async () => (await page.request.get('/search?q=mixer', { headers: { accept: 'text/html' } })).text()).toContain('/tags/');
    clearInterval(speaking);
  } finally {
    await theirs.stop();
  }
  expect(plant.gemba.url).toBeTruthy();
});
