// What can be measured of the looks: the same layout in every theme, nothing that jumps, nothing cut off in any
// language, colour only for what is abnormal, and honesty on paper.

import { THEMES, expect, letLive, openDemo, test, type Page } from '../lib/demo';
import { Learned, PARTS } from '../lib/learned';
import { picture } from '../lib/picture';

const DESKTOP = { width: 1440, height: 900 };

// Without script nothing else changes between the looks.
test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('themes change colours and nothing else', async ({ page, routes }) => {
    test.setTimeout(120_000);
    for (const size of [DESKTOP, { width: 390, height: 844 }]) {
      await page.setViewportSize(size);
      for (const [name, address] of routes) {
        await page.goto(address);
        const boxes = () =>
          page.evaluate(() =>
            [...document.querySelectorAll('body *')].map((element) => {
              const { x, y, width, height } = element.getBoundingClientRect();
              return [x, y, width, height].map(Math.round).join();
            }),
          );
        const looks: Record<string, string[]> = {};
        for (const theme of THEMES) {
          await page.evaluate((theme) => document.querySelectorAll('[data-theme]').forEach((root) => root.setAttribute('data-theme', theme)), theme);
          looks[theme] = await boxes();
        }
        expect.soft(looks.dark, `${name} dark at ${size.width}`).toEqual(looks.light);
        expect.soft(looks.contrast, `${name} contrast at ${size.width}`).toEqual(looks.light);
      }
    }
  });
});

test('nothing jumps while a page comes alive', async ({ page, routes }) => {
  test.setTimeout(180_000);
  await page.addInitScript(() => {
    const shifts: [number, string][] = ((window as unknown as { shifts: [number, string][] }).shifts = []);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Node }[] })[]) {
        if (!entry.hadRecentInput) shifts.push([entry.value, entry.sources.map(({ node }) => (node as Element | undefined)?.className ?? '').join(' ')]);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  for (const size of [DESKTOP, { width: 390, height: 844 }]) {
    await page.setViewportSize(size);
    for (const [name, address] of routes) {
      await openDemo(page, address);
      await letLive(page);
      const shifts = await page.evaluate(() => (window as unknown as { shifts: [number, string][] }).shifts);
      const sum = shifts.reduce((sum, [value]) => sum + value, 0);
      expect.soft(sum, `${name} at ${size.width}: ${JSON.stringify(shifts.slice(0, 4))}`).toBeLessThan(0.1);
    }
  }
});

for (const size of [DESKTOP, { width: 1920, height: 1080 }]) {
  test(`the overview fits ${size.width}×${size.height} with the demo bar`, async ({ page }) => {
    await page.setViewportSize(size);
    await openDemo(page, '/overview');
    const [all, seen] = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
    expect(all).toBeLessThanOrEqual(seen);
    // And what needs somebody is in the top third.
    const band = await page.getByRole('region', { name: 'Needs you' }).boundingBox();
    expect((band?.y ?? 0) + (band?.height ?? size.height)).toBeLessThanOrEqual(size.height / 3 + 1);
  });
}

for (const [width, height] of [[1280, 720], [1366, 768], [1920, 1080], [3840, 2160]] as const) {
  test(`the wall fits ${width}×${height}, and is read from afar`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await openDemo(page, '/overview/wall');
    const { all, wide, name } = await page.evaluate(() => ({
      all: document.documentElement.scrollHeight,
      wide: document.documentElement.scrollWidth,
      name: parseFloat(getComputedStyle(document.querySelector('.g-sites tbody th')!).fontSize),
    }));
    expect(all).toBeLessThanOrEqual(height);
    expect(wide).toBeLessThanOrEqual(width);
    // As large for the eye on every screen: the names of the rows are a fiftieth of its height, about.
    expect(name).toBeGreaterThanOrEqual(height / 52);
  });
}

for (const lang of ['en', 'fr', 'de']) {
  test(`nothing is cut off in ${lang}, from 320 px up`, async ({ page, routes }) => {
    test.setTimeout(180_000);
    for (const width of [320, 390, 820, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      for (const [name, address] of routes) {
        await page.goto(`${address}${address.includes('?') ? '&' : '?'}lang=${lang}`);
        expect.soft(await cutWords(page), `${name} at ${width}`).toEqual([]);
      }
    }
  });
}

test('nothing is cut off where a plant is learned, in any language', async ({ page }) => {
  test.setTimeout(180_000);
  const learned = await Learned.start();
  try {
    for (const lang of ['en', 'fr', 'de']) {
      for (const width of [320, 390, 1024, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        for (const [name, path] of PARTS) {
          await page.goto(`${learned.gemba.url}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
          expect.soft(await cutWords(page), `${name} at ${width} in ${lang}`).toEqual([]);
        }
      }
    }
  } finally {
    await page.goto('about:blank');
    await learned.end();
  }
});

test('an asset has what needs somebody beside what matters first, in fixed columns', async ({ page, routes }) => {
  await page.setViewportSize(DESKTOP);
  for (const name of ['asset', 'line']) {
    await page.goto(path(routes, name));
    const needs = await page.locator('.g-needs--asset').boundingBox();
    expect((needs?.y ?? 900) + (needs?.height ?? 0), `${name}: above the fold`).toBeLessThan(700);
    const trend = await page.locator('.g-tabs').boundingBox();
    expect(trend?.y, `${name}: the trend begins in the first screen and a half`).toBeLessThan(1350);
    // Values, with a bar or without, stand in one column of each half.
    const lefts = await page.evaluate(() =>
      [...document.querySelectorAll('.g-lives:not(.g-lives--many)')].map((list) => [...list.querySelectorAll('.g-live__val')].map((value) => value.getBoundingClientRect()).filter((box) => box.width > 0)).map((boxes) => new Set(boxes.map((box) => Math.round(box.left))).size),
    );
    for (const columns of lefts) expect(columns, `${name}: columns of values`).toBeLessThanOrEqual(2);
    await expect(page.locator('.g-about')).not.toContainText('not given');
  }
});

test('a healthy plant has no hue but the action colour', async ({ page }) => {
  await page.setViewportSize(DESKTOP);
  await openDemo(page, '/overview', { theme: 'light' });
  await expect(page.locator('h1')).toHaveText('Nothing needs you now', { timeout: 60_000 });
  const hues = await coloured(page);
  expect(hues.other, 'pixels of another hue than teal').toBe(0);
  expect(hues.share).toBeLessThan(0.1);
});

test('at most a tenth has colour when things are wrong', async ({ page, demo, routes }) => {
  await page.setViewportSize(DESKTOP);
  const press = (kind: string, active: boolean) =>
    page.request.post(`${demo.url}/api/fn/demo_fault`, { form: { kind, active: String(active) }, headers: { origin: demo.url } });
  const speed = (speed: number) => page.request.post(`${demo.url}/api/fn/demo_speed`, { form: { speed: String(speed) }, headers: { origin: demo.url } });
  test.setTimeout(180_000);
  await press('bearing_wear', true);
  await speed(600);
  try {
    await openDemo(page, path(routes, 'asset'), { theme: 'light' });
    await expect(page.locator('.g-live .g-alarm').first()).toBeVisible({ timeout: 120_000 });
    // What needs somebody comes up by itself, and what is well is no longer said.
    await expect(page.locator('.g-needs--asset .g-alarm').first()).toBeVisible({ timeout: 15_000 });
    await expect(page.locator('.g-needs--asset')).not.toContainText('No value is beyond a limit');
    for (const address of ['/overview', path(routes, 'asset')]) {
      await openDemo(page, address, { theme: 'light' });
      expect((await coloured(page)).share, address).toBeLessThan(0.1);
    }
    // Shape, numeral and word, never colour alone.
    const shape = page.locator('.g-live .g-alarm').first();
    await expect(shape.locator('use')).toHaveAttribute('href', /#p[23]/);
    await expect(page.locator('.g-live__st b').first()).toHaveText(/High|Medium/);
  } finally {
    await press('bearing_wear', false);
    await speed(1);
  }
});

test('paper says that it is a demo, and of when', async ({ page, routes }) => {
  for (const name of ['overview', 'asset', 'hierarchy', 'tag']) {
    await openDemo(page, path(routes, name), { theme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.g-demo-badge')).toBeVisible();
    await expect(page.locator('.g-fresh__bar')).toContainText(/\d\d:\d\d:\d\d/);
    for (const gone of ['.g-head', '.g-rail', '.g-demo', '.g-tree', '.g-btn']) {
      for (const element of await page.locator(gone).all()) await expect(element).toBeHidden();
    }
    const ground = await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    expect(ground, 'paper is light').toBe('light');
    await page.emulateMedia({ media: 'screen' });
  }
});

/** Words that are cut off, and whether the page scrolls sideways. */
async function cutWords(page: Page): Promise<string[]> {
  const cut = await page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
    const words = '.g-btn, .g-badge, .g-chip, .g-rail a, h1, h2, thead th, .g-tabs a, dt, label > span, .g-need__calm, .g-message > .g-btn, td.g-ind__unit, .g-data td';
    const cut = [...document.querySelectorAll<HTMLElement>(words)].filter(
      (element) => element.offsetParent !== null && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline',
    );
    return [...wide, ...cut.map((element) => `${element.className || element.tagName}: ${element.textContent?.trim()}`)];
  });
  return [...new Set(cut)];
}

/** How much of a picture of the page has a hue, and how much of that is not teal. */
async function coloured(page: Page): Promise<{ share: number; other: number }> {
  const { data } = await picture(page);
  let [hued, other] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = [data[at]!, data[at + 1]!, data[at + 2]!];
    const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
    // The greys of the tokens lean to blue by up to 20; anything beyond is meant as a colour.
    if (most - least <= 28) continue;
    hued++;
    const teal = r === least && Math.abs(g - b) <= 0.45 * (most - least);
    if (!teal) other++;
  }
  return { share: hued / (data.length / 4), other };
}

function path(routes: readonly (readonly [string, string])[], name: string): string {
  return routes.find(([other]) => other === name)?.[1] ?? '/overview';
}
