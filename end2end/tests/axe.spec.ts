// axe on every kind of page, in three themes and on a phone: nothing serious, targets of 24 px or more.

import Axe from '@axe-core/playwright';
import { THEMES, expect, openDemo, test, type Page } from '../lib/demo';
import { Learned, PARTS } from '../lib/learned';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** So tall that no bar lies over what can be scrolled from under it. */
const HEIGHT = 12_000;

/** What axe finds serious or critical: rule, and the first elements. `target-size` is off unless asked for. */
async function serious(page: Page): Promise<string[]> {
  const axe = new Axe({ page }).options({ runOnly: RULES, rules: { 'target-size': { enabled: true } } });
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

for (const theme of THEMES) {
  test(`axe finds nothing serious on any page in the ${theme} theme`, async ({ page, routes }) => {
    test.setTimeout(240_000);
    await page.setViewportSize({ width: 1440, height: HEIGHT });
    for (const [name, path] of routes) {
      await openDemo(page, path, { theme });
      expect.soft(await serious(page), name).toEqual([]);
    }
  });
}

test('axe finds nothing serious on a phone', async ({ page, routes }) => {
  test.setTimeout(240_000);
  await page.setViewportSize({ width: 390, height: HEIGHT });
  for (const [name, path] of routes) {
    await openDemo(page, path, { theme: 'light' });
    expect.soft(await serious(page), name).toEqual([]);
  }
});

test('axe finds nothing serious where a plant is learned', async ({ page }) => {
  test.setTimeout(240_000);
  const learned = await Learned.start();
  try {
    for (const theme of THEMES) {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: HEIGHT });
        for (const [name, path] of PARTS) {
          await openDemo(page, `${learned.gemba.url}${path}`, { theme });
          expect.soft(await serious(page), `${name} at ${width} in ${theme}`).toEqual([]);
        }
      }
    }
  } finally {
    await page.goto('about:blank');
    await learned.end();
  }
});
