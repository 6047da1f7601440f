// Every page's picture in every theme and size, into `screenshots/`. Looks at the demo, lets it live a little first.

import { test } from '@playwright/test';
import { Gemba } from '../lib/gemba';

const THEMES = ['light', 'dark', 'contrast'] as const;
const SIZES = { phone: [390, 844], tablet: [1024, 768], desktop: [1440, 900], wall: [1920, 1080] } as const;

test('every page in every theme and size', async ({ browser }) => {
  const demo = await Gemba.demo('--history-hours', '8', '--speed', '60');
  try {
    for (const [size, [width, height]] of Object.entries(SIZES)) {
      for (const theme of THEMES) {
        const context = await browser.newContext({ baseURL: demo.url, viewport: { width, height }, deviceScaleFactor: 1 });
        const page = await context.newPage();
        for (const [name, path] of await pages(demo)) {
          await page.goto(`${path}${path.includes('?') ? '&' : '?'}theme=${theme}&lang=en`);
          await page.getByRole('region', { name: 'Data freshness' }).getByText('Live').first().waitFor();
          // Charts load when seen; a value or two arrives.
          await page.waitForTimeout(1_500);
          await page.screenshot({ path: `screenshots/${name}-${size}-${theme}.png`, fullPage: size !== 'wall' });
        }
        await context.close();
      }
    }
  } finally {
    await demo.end();
  }
});

/** Name and address of each page; an asset and a tag are looked up by search. */
async function pages(demo: Gemba): Promise<[string, string][]> {
  const found = async (query: string, kind: string): Promise<string | undefined> => {
    const html = await (await fetch(`${demo.url}/search?q=${query}`)).text();
    return new RegExp(`href="([^"]*/${kind}/\\d+)"`).exec(html)?.[1];
  };
  const pages: [string, string | undefined][] = [
    ['overview', '/overview'],
    ['wall', '/overview/wall'],
    ['places', '/h'],
    ['asset', await found('pump', 'assets')],
    ['tag', await found('pressure', 'tags')],
    ['sources', '/sources'],
    ['status', '/status'],
    ['help', '/help'],
    ['search', '/search?q=pump'],
  ];
  return pages.filter((page): page is [string, string] => page[1] !== undefined);
}
