// What was not heard is not made up: calm is not claimed of it, and a chart's line breaks over it.

import { test, expect, type Page } from '@playwright/test';
import { Broker } from '../lib/broker';
import { Gemba } from '../lib/gemba';
import { freshness, openLive } from '../lib/test';

/** Every word that says that all is well. */
const CALM = /Nothing needs you now|within their limits|beyond a limit|Every limit|source is connected|Every tag is live/;

let broker: Broker;
let gemba: Gemba;

test.beforeEach(async () => {
  broker = await Broker.start();
  gemba = await Gemba.serve(broker.url);
});
test.afterEach(async () => {
  await gemba.end();
  await broker.stop();
});

/** The page of what speaks under a topic. */
async function found(query: string, page: RegExp): Promise<string> {
  let path = '';
  await expect(async () => {
    const html = await (await fetch(`${gemba.url}/search?q=${query}`)).text();
    path = page.exec(html)?.[1] ?? '';
    expect(path).not.toBe('');
  }).toPass();
  return gemba.url + path;
}
const asset = (query: string) => found(query, /href="([^"]*\/assets\/\d+)"/);
const tag = (query: string) => found(query, /href="([^"]*\/tags\/\d+)"/);

test('calm is claimed of what is heard, and of nothing else', async ({ page, context }) => {
  test.setTimeout(120_000);
  await broker.publish('mill/mixer/speed', '60.5');
  const asset_page = await asset('mixer');
  await openLive(page, asset_page);
  const needs = page.getByRole('region', { name: 'Needs you' });
  await expect(needs).toContainText('No limits are set');
  const overview = await context.newPage();
  await openLive(overview, `${gemba.url}/overview`);
  await expect(overview.locator('h1')).toHaveText('Nothing needs you now');
  const wall = await context.newPage();
  await openLive(wall, `${gemba.url}/overview/wall`);
  await expect(wall.locator('h1')).toHaveText('Nothing needs you now');

  // Nobody hears the broker: the values are the last known ones.
  await broker.kill();
  await expect(freshness(page)).toContainText(/no connection/);
  await expect(page.locator('main [data-q="offline"]').first()).toBeVisible();
  await expect(needs).not.toContainText(CALM);
  await expect(overview.locator('h1')).toHaveText('One thing needs you now');
  await expect(overview.getByRole('main')).not.toContainText(CALM);
  await broker.run();
  await expect(async () => {
    await broker.publish('mill/mixer/speed', '61.5');
    await expect(needs).toContainText('No limits are set', { timeout: 1_000 });
  }).toPass();
  await expect(overview.locator('h1')).toHaveText('Nothing needs you now');

  // Nobody hears the server: neither are its counts.
  await gemba.kill();
  await expect(freshness(page)).toContainText('Connection lost');
  await expect(needs).toContainText(/Last known: nothing needed you at \d\d:\d\d/);
  await expect(needs).not.toContainText(CALM);
  for (const seen of [overview, wall]) {
    await expect(seen.locator('h1')).toHaveText(/^Last known: nothing needed you at \d\d:\d\d$/);
    await expect(seen.getByRole('main')).not.toContainText(CALM);
  }
  await gemba.run();
  await expect(async () => {
    await broker.publish('mill/mixer/speed', '62.5');
    await expect(overview.locator('h1')).toHaveText('Nothing needs you now', { timeout: 1_000 });
  }).toPass();
});

test('a plant of which nothing was ever heard is not called calm', async ({ page }) => {
  await openLive(page, `${gemba.url}/overview`);
  await expect(page.locator('h1')).toHaveText('What needs you is not known');
  await expect(page.getByRole('main')).not.toContainText(/Nothing needs you now|within their limits/);
});

interface Line {
  /** Values in the order of time; null where the line breaks. */
  values: (number | null)[];
  /** Where the window ends, milliseconds. */
  end: number;
}

/** The line that plotly draws: what history had, then what came since. The site's zone is the browser's. */
const line = (page: Page): Promise<Line> =>
  page.evaluate(() => {
    type Trace = { x: string[]; y: (number | null)[] };
    type Plot = HTMLElement & { _fullLayout: { xaxis: { range: string[] } }; data: Trace[] };
    const plot = document.querySelector<Plot>('.js-plotly-plot');
    const traces = [plot?.data[0], plot?.data[(plot?.data.length ?? 0) / 2]];
    const samples = traces.flatMap((trace) => (trace?.x ?? []).map((x, n) => [x, trace?.y[n] ?? null] as const));
    samples.sort(([a], [b]) => a.localeCompare(b));
    return {
      values: samples.map(([, value]) => value),
      end: new Date(String(plot?._fullLayout.xaxis.range[1]).replace(' ', 'T')).getTime(),
    };
  });

/** Opens the chart of a tag that spoke every two seconds, up to `ago` milliseconds before now. */
async function chart(page: Page, name: string, ago: number): Promise<(value: number, at: number) => Promise<void>> {
  const say = (value: number, at: number) =>
    broker.publish(`mill/${name}/speed`, { value, timestamp: new Date(at).toISOString() });
  const now = Date.now();
  for (let n = 20; n > 0; n -= 1) await say(100 + n, now - ago - n * 2_000);
  await openLive(page, `${await tag('speed')}?from=now-1h`);
  await expect(page.locator('.js-plotly-plot').first()).toBeVisible({ timeout: 30_000 });
  await expect.poll(async () => (await line(page)).values).toContain(101);
  return say;
}

// Twenty readings in an hour: as in history's own drawing, three times their mean distance is a gap.
test('a silence breaks the line', async ({ page }) => {
  const say = await chart(page, 'grinder', 900_000);
  await say(50, Date.now());
  const after = async () => {
    const { values } = await line(page);
    return values.slice(values.lastIndexOf(101) + 1);
  };
  await expect.poll(async () => (await after()).at(-1)).toBe(50);
  expect((await after())[0]).toBeNull();
});

test('what was measured while nobody looked is drawn from history', async ({ page }) => {
  const say = await chart(page, 'kiln', 0);
  const hide = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, hidden);
  await hide(true);
  // A page that is hidden for a while: until history has them all.
  const values = [770.5, 990.5, 660.5, 880.5];
  const csv = new URL(await page.getByRole('link', { name: 'CSV' }).first().getAttribute('href') ?? '', gemba.url);
  csv.searchParams.set('to', String(Date.now() + 3_600_000));
  for (const value of values) {
    await say(value, Date.now());
    await expect.poll(async () => (await fetch(csv)).text()).toContain(`${value}`);
    await expect.poll(async () => Date.now() % 1_000 > 500).toBe(true);
    await expect.poll(async () => Date.now() % 1_000 < 500).toBe(true);
  }
  await hide(false);
  for (const value of values) await expect.poll(async () => (await line(page)).values, { timeout: 30_000 }).toContain(value);
});

test('a device whose clock runs ahead moves no window into the future', async ({ page }) => {
  const say = await chart(page, 'press', 0);
  await say(42, Date.now() + 3_600_000);
  await expect.poll(async () => (await line(page)).values).toContain(42);
  expect((await line(page)).end).toBeLessThan(Date.now() + 300_000);
});
