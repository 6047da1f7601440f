// Drill-down: a level with many children sorted and sieved on live values, the tree at scale, search with facets.

import { expect, openLive, place, test, type Page } from '../lib/test';
import { until } from '../lib/process';

const METERS = 700;
const states = ['Running', 'Idle', 'Stopped'];
const name = (meter: number): string => `meter${String(meter).padStart(3, '0')}`;
const payload = (meter: number, flow = (meter * 37) % 1000): string =>
  JSON.stringify({ flow_m3h: flow / 10, pressure_bar: 2 + (meter % 40) / 10, state: states[meter % 3] });

test.beforeAll(async ({ plant }) => {
  for (let meter = 1; meter <= METERS; meter++) await plant.broker.publish(`works/hall/${name(meter)}`, payload(meter));
  await plant.broker.publish('works/yard/pump/speed_rpm', '1450');
  await place(plant.gemba, `/h/works/hall/${name(METERS)}`);
});

/** The names and a column of the rows that are shown. */
const names = (page: Page) => page.locator('.g-children tbody th').allTextContents();
const flows = async (page: Page) => (await page.locator('.g-children tbody td.g-ind__val').allTextContents()).filter((_, at) => at % 2 === 0).map((text) => parseFloat(text));

test('a column sorts all children, not only those on the page', async ({ page }) => {
  await openLive(page, '/h/works/hall');
  await page.getByRole('columnheader', { name: /Flow/ }).getByRole('link').click();
  await expect(page).toHaveURL((url) => url.searchParams.get('sort') === 'p:flow_m3h');
  await page.getByRole('columnheader', { name: /Flow/ }).getByRole('link').click();
  await expect(page).toHaveURL(/dir=desc/);
  await expect.poll(async () => (await flows(page))[0]).toBe(99.9);
  const shown = await flows(page);
  expect(shown).toEqual([...shown].sort((a, b) => b - a));
});

test('without script the same address shows the same order', async ({ browser, plant }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${plant.gemba.url}/h/works/hall?sort=p:flow_m3h&dir=desc&state=Idle`);
  const shown = await flows(page);
  expect(shown.length).toBeGreaterThan(10);
  expect(shown).toEqual([...shown].sort((a, b) => b - a));
  for (const meter of await names(page)) expect(Number(/\d+/.exec(meter)?.[0]) % 3).toBe(1);
  await context.close();
});

test('words, state and a range of a value narrow the rows; the address says so', async ({ page }) => {
  await openLive(page, '/h/works/hall');
  const tools = page.getByRole('search', { name: 'Filter by name' });
  await tools.getByRole('searchbox').fill('meter01');
  await expect(page).toHaveURL(/q=meter01/);
  await expect.poll(() => names(page)).toHaveLength(10);
  await tools.getByRole('searchbox').fill('');
  await expect(page).not.toHaveURL(/q=/);
  await tools.getByLabel('Value').selectOption('flow_m3h');
  await tools.getByLabel('from').fill('99.5');
  await tools.getByLabel('from').press('Tab');
  await expect(page).toHaveURL(/min=99.5/);
  await expect.poll(async () => Math.min(...(await flows(page)))).toBeGreaterThanOrEqual(99.5);
});

test('the order stays while the pointer is in the table, and follows when asked', async ({ page, plant }) => {
  // The page's clock is ours: it goes on by ten seconds without anybody waiting for them.
  await page.clock.install();
  await openLive(page, '/h/works/hall?sort=p:flow_m3h&dir=desc');
  const asked: string[] = [];
  page.on('request', (request) => request.url().includes('/api/fn/rows') && asked.push(request.url()));
  await page.locator('.g-children tbody tr').nth(2).hover();
  const before = await names(page);
  await plant.broker.publish(`works/hall/${name(2)}`, payload(2, 5_000));
  const later = async () => {
    const clock = page.locator('.g-fresh__bar');
    const shown = (await clock.textContent()) ?? '';
    await page.clock.fastForward(11_000);
    await expect(clock).not.toHaveText(shown);
  };
  await later();
  expect(asked, 'nothing is sorted under the pointer').toEqual([]);
  expect(await names(page)).toEqual(before);
  await page.getByRole('button', { name: 'Sort again' }).click();
  await expect.poll(async () => (await names(page))[0]?.trim()).toBe(name(2));
  // Away from the table it follows by itself.
  await plant.broker.publish(`works/hall/${name(3)}`, payload(3, 6_000));
  await page.mouse.move(1, 1);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await later();
  await expect.poll(async () => (await names(page))[0]?.trim()).toBe(name(3));
});

test('arrows lead from row to row', async ({ page }) => {
  await openLive(page, '/h/works/hall');
  const links = page.locator('.g-children tbody th a');
  await links.first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press('End');
  await expect(links.last()).toBeFocused();
});

test('a long tree holds only what is seen, and keyboard and scrolling reach the rest', async ({ page }) => {
  await openLive(page, '/h/works/hall');
  const rows = page.locator('.g-node');
  await expect.poll(() => rows.count()).toBeLessThan(150);
  const here = page.getByRole('tree').locator('[tabindex="0"]');
  await here.focus();
  await page.keyboard.press('End');
  await expect(page.locator('.g-node:focus')).toHaveCount(1);
  await page.locator('nav.g-tree').evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
  await expect(page.locator('a.g-node', { hasText: name(METERS / 2) })).toBeVisible();
  expect(await rows.count()).toBeLessThan(150);
});

test('search narrows by facets, as one types', async ({ page }) => {
  await openLive(page, '/search?q=pump');
  await page.locator('.g-hits__input').fill('meter');
  await expect(page).toHaveURL(/q=meter/);
  await expect(page.locator('.g-hits li').first()).toContainText('meter');
  await page.locator('.g-facets a', { hasText: 'Tag' }).first().click();
  await expect(page).toHaveURL(/kind=tag/);
  await expect(page.locator('.g-facets a[aria-current]')).toHaveCount(1);
  await until('tags only', async () => (await page.locator('.g-hits a').first().getAttribute('href'))?.includes('/tags/') ?? false);
});
