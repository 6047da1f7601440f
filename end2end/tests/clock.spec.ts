// What o'clock it is: charts are in the site's zone, whatever zone the browser stands in.

import { expect, test as base, type Page } from '@playwright/test';
import { openDemo, routesOf } from '../lib/demo';
import { Gemba } from '../lib/gemba';

const SITES = ['Asia/Kolkata', 'Europe/Paris'] as const;
const BROWSERS = ['America/New_York', 'Europe/Paris'] as const;

const test = base.extend<object, { plants: Map<string, Gemba> }>({
  plants: [
    async ({}, use) => {
      const plants = new Map<string, Gemba>();
      for (const zone of SITES) plants.set(zone, await Gemba.demoIn(zone));
      await use(plants);
      for (const plant of plants.values()) await plant.end();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});

/** Minutes of the day on a wall in a zone. */
function wall(zone: string): number {
  const words = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hour12: false }).format(new Date());
  return minutes(words);
}

const minutes = (clock: string): number => {
  const [hour, minute] = clock.split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
};

/** How many minutes a clock is behind another, over midnight too. */
const behind = (clock: number, now: number): number => (now - clock + 1440) % 1440;

/** What plotly drew: the labels of its axis, its end, and the time of its newest value. */
const drawn = (page: Page) =>
  page.evaluate(() => {
    type Plot = HTMLElement & { _fullLayout: { xaxis: { range: string[] } }; data: { x: string[] }[] };
    const plot = document.querySelector<Plot>('.js-plotly-plot');
    const newest = (plot?.data ?? []).map(({ x }) => String(x.at(-1) ?? '')).sort().at(-1) ?? '';
    return {
      ticks: [...(plot?.querySelectorAll('.xtick text') ?? [])].map((tick) => tick.textContent ?? ''),
      end: String(plot?._fullLayout.xaxis.range[1] ?? ''),
      newest,
    };
  });

for (const zone of SITES) {
  for (const timezoneId of BROWSERS) {
    test(`a chart of a site in ${zone} read in ${timezoneId}`, async ({ plants, browser }) => {
      const plant = plants.get(zone)!;
      const context = await browser.newContext({ timezoneId, baseURL: plant.url, viewport: { width: 1440, height: 1200 } });
      const page = await context.newPage();
      const pump = (await routesOf(plant)).find(([name]) => name === 'asset')![1];
      await openDemo(page, `${pump}?from=now-1h`);
      const zoneName = await page.locator('.g-trend__zone').first().textContent();
      expect(zoneName).toBe(zone === 'Asia/Kolkata' ? 'IST' : /CES?T/.exec(zoneName ?? '')?.[0]);
      await expect(page.locator('.js-plotly-plot .xtick text').first()).toBeVisible({ timeout: 30_000 });
      // A value that came after it was drawn stands at the wall's time, too.
      const before = (await drawn(page)).newest;
      await expect.poll(async () => (await drawn(page)).newest > before, { timeout: 30_000 }).toBe(true);
      const { ticks, end, newest } = await drawn(page);
      const now = wall(zone);
      expect(ticks.length).toBeGreaterThan(2);
      for (const tick of ticks) expect(behind(minutes(tick), now + 2), tick).toBeLessThanOrEqual(64);
      expect(behind(minutes(end.slice(11)), now + 2), end).toBeLessThanOrEqual(6);
      expect(behind(minutes(newest.slice(11)), now + 2), newest).toBeLessThanOrEqual(6);
      // What the bar says is the same clock.
      const bar = /\d\d:\d\d/.exec((await page.locator('.g-fresh__bar').textContent()) ?? '')?.[0] ?? '';
      expect(behind(minutes(bar), now + 1)).toBeLessThanOrEqual(2);
      await context.close();
    });
  }
}
