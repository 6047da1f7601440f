// Units per reader: the same value as measured and as wanted, in the HTML, live, in filters, limits and files.

import { expect, openLive, place, test, type Page } from '../lib/test';
import { until } from '../lib/process';

const TANKS = 30;
const payload = (tank: number, celsius: number): string => JSON.stringify({ temperature_C: celsius, pressure_bar: 2 + tank / 10, delta_C: 5 });

test.beforeAll(async ({ plant }) => {
  for (let tank = 1; tank <= TANKS; tank++) await plant.broker.publish(`works/tanks/t${tank}`, payload(tank, 20 + tank));
  await plant.broker.publish('works/tanks/t1', { temperature_C: 68.4, pressure_bar: 2, delta_C: 5 });
  await place(plant.gemba, `/h/works/tanks/t${TANKS}`);
});

/** Chooses units as a reader does. */
async function choose(page: Page, label: string): Promise<void> {
  await page.locator('summary[aria-label="Units"]').click();
  await page.getByRole('button', { name: label }).click();
}

const row = (page: Page, name: RegExp) => page.locator('.g-live__row, tr, li', { hasText: name }).first();

test('a cookie makes the server write the page in the units wanted', async ({ page }) => {
  // A cookie set by hand does not follow a redirect: the asset's own address.
  const address = (await page.request.get('/h/works/tanks/t1', { headers: { accept: 'text/html' } })).url();
  const get = async (units?: string) =>
    (await page.request.get(address, { headers: { accept: 'text/html', ...(units === undefined ? {} : { cookie: `gemba_units=${units}` }) } })).text();
  for (const [units, shown, not] of [
    [undefined, ['68.4', '°C'], '155.1'],
    ['us', ['155.1', '°F', '9', 'Δ°F', '29', 'psi'], '68.4'],
    ['si', ['68.4', '°C'], '155.1'],
  ] as const) {
    const html = (await get(units)).replace(/<script[\s\S]*?<\/script>/g, '');
    for (const part of shown) expect(html, `${units}`).toContain(part);
    expect(html, `${units}`).not.toContain(not);
  }
});

test('one page has the value as wanted and as measured, and both live', async ({ page, plant }) => {
  await openLive(page, '/h/works/tanks/t1');
  await choose(page, 'US customary');
  const shown = row(page, /Temperature/).locator('[data-point]').first();
  await expect(row(page, /Temperature/)).toContainText('°F');
  const point = await shown.getAttribute('data-point');
  await openLive(page, `/tags/${point}`);
  const now = page.getByRole('region', { name: 'Now' });
  const wanted = now.locator(`button[data-point="${point}"] .g-value__n`);
  const measured = now.locator(`span[data-point="${point}"]`);
  for (const [celsius, fahrenheit] of [
    [68.4, '155.1'],
    [20, '68.0'],
    [-40, '−40.0'],
  ] as const) {
    await plant.broker.publish('works/tanks/t1', payload(0, celsius));
    await expect(wanted).toHaveText(fahrenheit);
    await expect(measured).toContainText(celsius.toFixed(1).replace('-', '−'));
    await expect(measured).toContainText('°C');
  }
});

test('limits are entered in the unit shown and kept as measured', async ({ page, plant }) => {
  await openLive(page, '/h/works/tanks/t2');
  await choose(page, 'US customary');
  const point = await row(page, /Temperature/).locator('[data-point]').first().getAttribute('data-point');
  await openLive(page, `/tags/${point}`);
  await expect(page.getByText('Numbers here are in °F.')).toBeVisible();
  await page.locator('input[name="form[high]"]').fill('86');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
  const tag = async (units: string) => (await page.request.get(`/api/fn/tag?point=${point}`, { headers: { cookie: `gemba_units=${units}` } })).json();
  expect((await tag('measured')).settings.limits.high).toBe(30);
  expect((await tag('us')).settings.limits.high).toBe(86);
  expect((await tag('us')).point.info.limits.high).toBe(86);
  await plant.broker.publish('works/tanks/t2', payload(2, 31));
  await expect(page.locator('.g-ai[data-p="3"]').first()).toBeVisible();
});

test('a table is sorted and sieved in the unit shown, and an address keeps its own', async ({ page }) => {
  await openLive(page, '/h/works/tanks');
  await choose(page, 'US customary');
  const tools = page.getByRole('search', { name: 'Filter by name' });
  await tools.getByLabel('Value').selectOption('temperature_C');
  await tools.getByLabel('from').fill('113');
  await tools.getByLabel('from').press('Tab');
  await expect(page).toHaveURL((url) => url.searchParams.get('min') === '113' && url.searchParams.get('in') === 'us');
  const names = () => page.locator('.g-children tbody th').allTextContents();
  // 113 °F is 45 °C: tanks 25 to 30, and those set before.
  await expect.poll(async () => (await names()).filter((name) => /t(2[5-9]|30)/.test(name)).length).toBe(6);
  const sieved = (await names()).length;
  expect(sieved).toBeLessThan(9);
  await choose(page, 'As measured');
  await expect(tools.getByLabel('from')).toHaveValue('45');
  expect((await names()).length).toBe(sieved);
});

test('a file says its unit and has its numbers in it', async ({ page }) => {
  await page.goto('/h/works/tanks/t3');
  const point = await row(page, /Temperature/).locator('[data-point]').first().getAttribute('data-point');
  const file = async (units: string) => (await page.request.get(`/api/export.csv?point=${point}&from=0&to=9999999999999`, { headers: { cookie: `gemba_units=${units}` } })).text();
  await until('the reading is in the history', async () => (await file('measured')).split('\n').length > 2);
  expect((await file('measured')).split('\n')[0]).toBe('time,name,value,quality,unit,arrival');
  expect((await file('measured')).split('\n')[1]).toMatch(/,"works\/tanks\/t3 Temperature",23,good,"°C",/);
  expect((await file('us')).split('\n')[1]).toMatch(/,73.4,good,"°F",/);
});
