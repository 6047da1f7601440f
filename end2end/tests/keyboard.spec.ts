// Keyboard only: a ring on every stop, the skip link, the palette, the tree, the trend's cursor, Esc.

import { THEMES, expect, openDemo, test, type Page } from '../lib/demo';

/** What has the focus: a name for the report, and how its ring is drawn. */
async function focused(page: Page): Promise<{ name: string; ring: boolean; seen: boolean } | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return undefined;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const words = element.getAttribute('aria-label') ?? element.textContent ?? '';
    return {
      name: `${element.tagName.toLowerCase()}.${element.className || ''} ${words.trim().slice(0, 40)}`,
      ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
      seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
  });
}

for (const theme of THEMES) {
  test(`every stop shows its ring in the ${theme} theme`, async ({ page, routes }) => {
    test.setTimeout(180_000);
    await page.setViewportSize({ width: 1440, height: 900 });
    for (const [name, path] of routes) {
      await openDemo(page, path, { theme });
      const missed: string[] = [];
      let stops = 0;
      for (; stops < 40; stops++) {
        await page.keyboard.press('Tab');
        const at = await focused(page);
        if (!at) break;
        if (!at.ring || !at.seen) missed.push(at.name);
      }
      expect(stops, `${name} has stops`).toBeGreaterThan(3);
      expect.soft(missed, name).toEqual([]);
    }
  });
}

test('the first stop skips to the page', async ({ page }) => {
  await openDemo(page, '/overview');
  await page.keyboard.press('Tab');
  await expect(page.locator('.g-skip')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
});

for (const key of ['Control+k', '/']) {
  test(`${key} opens the palette, Enter goes, Esc closes`, async ({ page }) => {
    await openDemo(page, '/overview');
    await page.keyboard.press(key);
    const input = page.getByRole('combobox');
    await expect(input).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(input).toBeHidden();
    await page.keyboard.press(key);
    await input.fill('pump 14');
    await expect(page.getByRole('option').first()).toContainText('Pump 14');
    await page.keyboard.press('Enter');
    await expect(page.locator('h1')).toHaveText('Pump 14');
  });
}

test('the tree goes by arrows, Home, End and letters', async ({ page }) => {
  await openDemo(page, '/h/norvia/rotterdam/utilities');
  const tree = page.getByRole('tree');
  const here = tree.locator('[tabindex="0"]');
  await here.focus();
  await expect(here).toHaveAccessibleName(/Utilities/);
  await page.keyboard.press('ArrowDown');
  await expect(here).toHaveAccessibleName(/Compressed air/);
  await page.keyboard.press('ArrowRight');
  await expect(here).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowLeft');
  await expect(here).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowLeft');
  await expect(here).toHaveAccessibleName(/Utilities/);
  await page.keyboard.press('Home');
  await expect(here).toHaveAccessibleName(/Norvia/);
  await page.keyboard.press('r');
  await expect(here).toHaveAccessibleName(/Rotterdam/);
  await page.keyboard.press('Enter');
  await expect(page.locator('h1')).toHaveText('Rotterdam');
});

test('any asset is three actions from the overview', async ({ page }) => {
  await openDemo(page, '/overview');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('gearbox g2');
  await expect(page.getByRole('option').first()).toContainText('Gearbox G2');
  await page.keyboard.press('Enter');
  await expect(page.locator('h1')).toHaveText('Gearbox G2');
});

test('a trend is read value by value, and T shows the table', async ({ page, routes }) => {
  const asset = routes.find(([name]) => name === 'asset')?.[1] ?? '';
  await openDemo(page, asset);
  const cursors = page.getByRole('slider');
  const first = cursors.first();
  await first.focus();
  await page.keyboard.press('Home');
  await expect(first).toHaveAttribute('aria-valuenow', '0');
  const oldest = await first.getAttribute('aria-valuetext');
  expect(oldest).toMatch(/\d+:\d+.* · /);
  await page.keyboard.press('PageDown');
  await expect(first).toHaveAttribute('aria-valuenow', '10');
  await expect(first).not.toHaveAttribute('aria-valuetext', oldest ?? '');
  await expect(page.locator('.g-cursor__out')).toHaveText((await first.getAttribute('aria-valuetext')) ?? '');
  await page.keyboard.press('ArrowDown');
  await expect(cursors.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(first).toBeFocused();
  await page.keyboard.press('t');
  await expect(page.locator('.g-trend__table')).toBeVisible();
});

test('a value tells where it comes from, and Esc sends that away', async ({ page, routes }) => {
  const asset = routes.find(([name]) => name === 'asset')?.[1] ?? '';
  await openDemo(page, asset);
  await page.locator('main button[data-point]').first().focus();
  await page.keyboard.press('Enter');
  const told = page.getByRole('dialog', { name: 'Where this number comes from' });
  for (const word of ['Tag', 'norvia/', 'Time', 'Quality', 'Good', 'Source']) await expect(told).toContainText(word);
  await page.keyboard.press('Escape');
  await expect(told).toBeHidden();
});
