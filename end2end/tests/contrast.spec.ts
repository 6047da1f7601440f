// Text and shapes stand out from what is behind them, in three themes: spots of each kind, by computed colours.

import { THEMES, expect, openDemo, test, type Page } from '../lib/demo';

/** Element, which of its colours, and the least contrast it needs to what is behind it. */
const SPOTS: [selector: string, colour: 'color' | 'fill' | 'stroke' | 'borderTopColor', least: number][] = [
  ['h1', 'color', 4.5],
  ['.g-over-sub', 'color', 4.5],
  ['.g-table thead th', 'color', 4.5],
  ['.g-table .g-dim', 'color', 4.5],
  ['.g-table .is-child th a', 'color', 4.5],
  ['.g-unit', 'color', 4.5],
  ['.g-value__n', 'color', 4.5],
  ['.g-fresh__end', 'color', 4.5],
  ['.g-demo-badge', 'color', 4.5],
  ['.g-rail a:not([aria-current])', 'color', 4.5],
  ['.g-rail a[aria-current]', 'color', 4.5],
  ['.g-link', 'color', 4.5],
  ['.g-kbd', 'color', 4.5],
  ['.g-btn[aria-pressed=true]', 'color', 4.5],
  ['.g-btn', 'borderTopColor', 3],
  ['.g-btn--icon .g-icon', 'stroke', 3],
  ['.g-op', 'color', 3],
  ['.g-spark .g-line', 'stroke', 3],
  ['.g-spark .g-last', 'stroke', 3],
  ['.g-need__h .g-icon', 'stroke', 3],
];
/** The same on the asset's page. */
const ASSET_SPOTS: typeof SPOTS = [
  ['.g-crumbs a', 'color', 4.5],
  ['.g-badge', 'color', 4.5],
  ['.g-live__name a', 'color', 4.5],
  ['.g-ai__track', 'stroke', 3],
  ['.g-ai__limit', 'stroke', 3],
  ['.g-ai__ptr', 'fill', 3],
  ['.g-chip', 'borderTopColor', 3],
  ['.g-chip[aria-current]', 'color', 4.5],
  ['.g-trend__plot .g-line', 'stroke', 3],
  ['.g-trend text', 'fill', 4.5],
  ['.g-tabs a[aria-current]', 'color', 4.5],
];
/** Every alarm shape, on the page that explains them. */
const HELP_SPOTS: typeof SPOTS = [
  ['.g-alarm[data-p="2"]', 'stroke', 3],
  ['.g-alarm[data-p="3"]', 'stroke', 3],
  ['.g-dataq', 'color', 3],
];

async function faint(page: Page, spots: typeof SPOTS): Promise<string[]> {
  return page.evaluate((spots) => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const paint = (...colours: string[]) => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const behind = (element: Element): string[] => {
      const layers: string[] = [];
      for (let at: Element | null = element; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        layers.unshift(colour);
        if (paint(colour)[3] === 255) return layers;
      }
      return ['white', ...layers];
    };
    const light = (rgb: number[]) => {
      const [r = 0, g = 0, b = 0] = rgb.slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    return spots.flatMap(([selector, colour, least]) => {
      const element = document.querySelector(selector);
      if (!element) return [`${selector} is not there`];
      const style = getComputedStyle(element);
      // An alarm's outline is a custom property: the shape itself stands in a shared drawing.
      const ink = selector.startsWith('.g-alarm') ? style.getPropertyValue('--_l') : style[colour];
      const ground = behind(element);
      const [a, b] = [light(paint(...ground, ink)), light(paint(...ground))].sort((x, y) => y - x) as [number, number];
      const ratio = (a + 0.05) / (b + 0.05);
      return ratio >= least ? [] : [`${selector} ${colour} ${ratio.toFixed(2)} of ${least}`];
    });
  }, spots);
}

for (const theme of THEMES) {
  test(`text and shapes stand out in the ${theme} theme`, async ({ page, routes }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await openDemo(page, '/overview', { theme });
    expect(await faint(page, SPOTS)).toEqual([]);
    await openDemo(page, routes.find(([name]) => name === 'asset')?.[1] ?? '/', { theme });
    expect(await faint(page, ASSET_SPOTS)).toEqual([]);
    await openDemo(page, '/help', { theme });
    expect(await faint(page, HELP_SPOTS)).toEqual([]);
  });
}
