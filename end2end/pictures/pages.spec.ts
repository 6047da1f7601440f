// The pictures: every page in every theme and size, into `screenshots/`, for looking; a few with a worn bearing,
// into `docs/pictures/`, for the README.

import { test, expect, type Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { THEMES, letLive, routesOf } from '../lib/demo';
import { Gemba } from '../lib/gemba';
import { picture } from '../lib/picture';
import { smallPng } from './small';

const SIZES = { phone: [390, 844], tablet: [820, 1180], desktop: [1440, 900], wall: [1920, 1080] } as const;
const README = resolve(import.meta.dirname, '../../docs/pictures');

/** Opens a page and lets it live: a value or two arrives, the chart in sight is drawn. */
async function look(page: Page, path: string, theme: string): Promise<void> {
  await page.goto(`${path}${path.includes('?') ? '&' : '?'}theme=${theme}&lang=en`);
  await page.getByRole('region', { name: 'Data freshness' }).getByText('Live').first().waitFor();
  await letLive(page);
}

test('every page in every theme and size', async ({ browser }) => {
  test.setTimeout(1_800_000);
  const demo = await Gemba.demo('--history-hours', '8');
  try {
    for (const [size, [width, height]] of Object.entries(SIZES)) {
      for (const theme of THEMES) {
        const context = await browser.newContext({ baseURL: demo.url, viewport: { width, height } });
        const page = await context.newPage();
        for (const [name, path] of await routesOf(demo)) {
          await look(page, path, theme);
          await page.screenshot({ path: `screenshots/${name}-${size}-${theme}.png`, fullPage: size !== 'wall' });
        }
        await context.close();
      }
    }
  } finally {
    await demo.end();
  }
});

test('README', async ({ browser }) => {
  test.setTimeout(600_000);
  const demo = await Gemba.demo('--history-hours', '8');
  try {
    const routes = new Map(await routesOf(demo));
    const page = await browser.newPage({ baseURL: demo.url, viewport: { width: 1440, height: 900 } });
    const press = (what: string, form: Record<string, string>) =>
      page.request.post(`${demo.url}/api/fn/${what}`, { form, headers: { origin: demo.url } });
    for (const kind of ['bearing_wear', 'dropped_sensor']) await press('demo_fault', { kind, active: 'true' });
    await press('demo_speed', { speed: '600' });
    await page.goto(routes.get('asset') ?? '/');
    await expect(page.locator('.g-needs--asset .g-alarm[data-p="2"]').first()).toBeVisible({ timeout: 300_000 });
    await press('demo_speed', { speed: '1' });
    for (const theme of ['light', 'dark']) {
      for (const name of ['overview', 'asset', 'hierarchy']) {
        await look(page, routes.get(name) ?? '/', theme);
        await save(page, `${name}-${theme}`);
      }
    }
    await page.setViewportSize({ width: 1920, height: 1080 });
    await look(page, '/overview/wall', 'dark');
    await save(page, 'wall');
    await page.setViewportSize({ width: 390, height: 844 });
    await look(page, '/overview', 'light');
    await save(page, 'overview-phone');
    await look(page, routes.get('asset') ?? '/', 'light');
    await save(page, 'asset-phone');
  } finally {
    await demo.end();
  }
});

/** Saves what is in the window, small. */
async function save(page: Page, name: string): Promise<void> {
  const { width, height, data } = await picture(page);
  const small = smallPng(data, width, height);
  expect(small.length, `${name} is small`).toBeLessThan(200_000);
  writeFileSync(join(README, `${name}.png`), small);
}
