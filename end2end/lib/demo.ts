// `test` with the demo plant, once for all files that ask for it, and the address of every kind of page.

import { test as base, expect, type Page } from '@playwright/test';
import { Gemba } from './gemba';
import { listen } from './test';

export { expect, type Page };

/** A page by a short name. */
export type Route = readonly [name: string, path: string];

export const THEMES = ['light', 'dark', 'contrast'] as const;

export const test = base.extend<object, { demo: Gemba; routes: Route[] }>({
  demo: [
    async ({}, use) => {
      const demo = await Gemba.demo('--speed', '1');
      await use(demo);
      await demo.end();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  routes: [async ({ demo }, use) => use(await routesOf(demo)), { scope: 'worker' }],
  baseURL: async ({ demo }, use) => {
    await use(demo.url);
  },
  // A page may not complain; that an address leads nowhere is said by the browser too.
  page: async ({ page }, use) => {
    const heard: string[] = [];
    listen(page, heard);
    await use(page);
    expect(heard.filter((words) => !/status of 404/.test(words)), 'the browser complained').toEqual([]);
  },
});

/** Every kind of page the demo has; assets and tags are looked up by search, as their numbers may change. */
export async function routesOf(demo: Gemba): Promise<Route[]> {
  const found = async (query: string, kind: string): Promise<string> => {
    const html = await (await fetch(`${demo.url}/search?q=${encodeURIComponent(query)}`)).text();
    const path = new RegExp(`href="([^"]*/${kind}/\\d+)"`).exec(html)?.[1];
    if (!path) throw new Error(`the demo has no ${kind} called ${query}`);
    return path;
  };
  const pump = await found('pump 14', 'assets');
  const discharge = await found('discharge', 'tags');
  return [
    ['overview', '/overview'],
    ['wall', '/overview/wall'],
    ['places', '/h'],
    ['hierarchy', '/h/norvia/rotterdam/utilities'],
    ['asset', pump],
    ['line', await found('filler', 'assets')],
    ['data', `${pump}?panel=data`],
    ['tag', discharge],
    ['explain', `${discharge}/explain`],
    ['compare', '/compare'],
    ['sources', '/sources'],
    ['learn', '/sources/learn'],
    ['status', '/status'],
    ['help', '/help'],
    ['search', '/search?q=pump'],
    ['nowhere', '/nothing/here'],
  ];
}

/** Opens a page in a theme and waits until its half of the program runs. */
export async function openDemo(page: Page, path: string, query: Record<string, string> = {}): Promise<void> {
  const words = new URLSearchParams(query).toString();
  await page.goto(words ? `${path}${path.includes('?') ? '&' : '?'}${words}` : path);
  await expect(page.getByRole('region', { name: /Data freshness|Fraîcheur|Aktualität/ })).toContainText(/\S/);
  await expect(page.locator('.g-fresh .g-dot:not(.g-dot--hollow)')).toBeVisible();
}

/** Lets a page live: its clock ticks twice, and every chart whose middle is in sight has become interactive. */
export async function letLive(page: Page): Promise<void> {
  const bar = page.locator('.g-fresh__bar');
  for (let tick = 0; tick < 2; tick++) await expect(bar).not.toHaveText((await bar.textContent()) ?? '');
  const undrawn = () =>
    page.evaluate(() => {
      const charts = [...document.querySelectorAll('.g-chart')].filter((chart) => {
        const { top, height } = chart.getBoundingClientRect();
        return height > 0 && top + height / 2 > 0 && top + height / 2 < innerHeight;
      });
      return charts.filter((chart) => !chart.querySelector('.js-plotly-plot')).length;
    });
  await expect.poll(undrawn, { message: 'charts in sight that are not drawn' }).toBe(0);
}
