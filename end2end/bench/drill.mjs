// 100,000 assets on six levels, one parent with 6,500 children: how fast the tree, the table of children and
// search answer, and what their pages weigh.

import { chromium } from '@playwright/test';
import { metrics } from './gemba.mjs';
import { middle, now, round } from './numbers.mjs';
import { answers, firstPaint, heard, onPlant } from './plant.mjs';
import { usage } from './processes.mjs';
import { CHROMIUM } from './stage.mjs';

const UNITS = 23;
const QUERIES = ['meter', 'unit 7', 'site1 area 3', 'pressure', 'meter 4711', 'flow', 'line 9 cell 2', 'xyz', 'a', 'temperature site0'];
const SORTS = ['', 'query[sort]=name&query[descending]=true', 'query[sort]=p:flow_m3h&query[descending]=true', 'query[sort]=state', 'query[sort]=tags', 'query[only]=silent', 'query[state]=Idle', 'query[words]=47', 'query[column]=pressure_bar&query[min]=3&query[max]=4&query[sort]=p:temperature_c', 'query[offset]=60'];
const PAGES = [
  ['top', '/h/works'],
  ['deep', '/h/works/site1/area3/line5'],
  ['wide', '/h/works/site0/meters', scrolled],
  ['sorted', '/h/works/site0/meters?sort=p:flow_m3h&dir=desc'],
  ['found', '/search?q=meter'],
];

/** Topic and payload of everything, once. */
function* topics(sites, meters) {
  for (let site = 0; site < sites; site++)
    for (let cell = 0; cell < 1_000; cell++)
      for (let unit = 1; unit <= UNITS; unit++) {
        const [area, line] = [Math.floor(cell / 100), Math.floor(cell / 10) % 10];
        yield [`works/site${site}/area${area}/line${line}/cell${cell % 10}/unit${unit}/flow_m3h`, String((unit * 7 + cell) % 100)];
      }
  for (let meter = 1; meter <= meters; meter++) yield [`works/site0/meters/meter${String(meter).padStart(4, '0')}`, reading(meter)];
}

function reading(meter) {
  const value = (meter * 7919) % 1000;
  return JSON.stringify({ flow_m3h: value / 10, pressure_bar: 2 + (value % 40) / 10, temperature_c: 20 + (value % 25), state: ['Running', 'Idle', 'Stopped'][meter % 3] });
}

export async function drill(env) {
  const [sites, meters] = env.quick ? [2, 500] : [4, 6_500];
  return onPlant(env, async (plant) => {
    const points = sites * 1_000 * UNITS + 4 * meters;
    const joinSeconds = await heard(plant, topics(sites, meters), points);
    const assets = (await metrics(plant.port)).gemba_assets;
    env.say(`${assets} assets with ${points} points joined in ${joinSeconds} s`);
    const rows = (query) => `${plant.address}/api/fn/rows?path=works/site0/meters&${query}`;
    const asked = (what) => [...QUERIES, ...QUERIES].map((query) => `${plant.address}/api/fn/${what}${encodeURIComponent(query)}`);
    const results = {
      assets,
      points,
      joinSeconds,
      memoryMiB: round(usage(plant.server.pid).rssMiB),
      rows: await answers([...SORTS, ...SORTS].map(rows)),
      search: await answers(asked('search?q=')),
      find: await answers(asked('find?query[words]=')),
      branch: await answers([0, 60, 3_000, 6_480].map((offset) => `${plant.address}/api/fn/branch?parent=1&offset=${offset}`)),
    };
    const browser = await chromium.launch(CHROMIUM);
    try {
      for (const [name, path, act] of PAGES) {
        const runs = [];
        for (let turn = 0; turn < env.repeats; turn++) runs.push(await firstPaint(browser, plant.address + path, act));
        results[name] = middle(runs);
        env.say(`${name}: painted after ${results[name].paint} ms, its HTML there after ${results[name].html} ms, ${results[name].kB} kB, ${results[name].elements} elements`);
      }
    } finally {
      await browser.close();
    }
    return results;
  });
}

/** Scrolls the tree to the middle of what is open, and waits until rows stand there. */
async function scrolled(page) {
  const tree = page.locator('nav.g-tree');
  const treeRows = await page.locator('.g-node').count();
  const begun = now();
  await tree.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
  await page.waitForFunction(() => {
    const box = document.querySelector('nav.g-tree').getBoundingClientRect();
    const at = document.elementFromPoint(box.left + 100, box.top + box.height / 2);
    return at?.closest('a.g-node') !== null && at?.closest('a.g-node') !== undefined;
  });
  return { treeRows, scrollMillis: round(now() - begun) };
}
