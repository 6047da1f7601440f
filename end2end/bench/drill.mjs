// `node drill.mjs --gemba BINARY --site DIR [--out FILE] [--hold SECONDS]`
//
// 100,000 assets on six levels, one parent with 6,500 children: how fast the tree, the table of children and
// search answer, and what their pages weigh. With `--hold` it stays up to be looked at.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import mqtt from 'mqtt';
import { Broker } from './broker.mjs';
import gemba, { metrics } from './gemba.mjs';
import { median, now, round, sleep, until } from './numbers.mjs';
import { listens, stop, usage } from './processes.mjs';
import { CHROMIUM } from './stage.mjs';

const BROKER_PORT = 18840;
const SITES = 4;
const METERS = 6_500;
const UNITS = 23;
const REPEATS = 5;
const QUERIES = ['meter', 'unit 7', 'site1 area 3', 'pressure', 'meter 4711', 'flow', 'line 9 cell 2', 'xyz', 'a', 'temperature site0'];

const { values: args } = parseArgs({
  options: { gemba: { type: 'string' }, site: { type: 'string' }, out: { type: 'string' }, hold: { type: 'string', default: '0' } },
});
const dir = mkdtempSync(join(tmpdir(), 'gemba-drill-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

/** Topic and payload of everything, once. */
function* plant() {
  for (let site = 0; site < SITES; site++)
    for (let cell = 0; cell < 1_000; cell++)
      for (let unit = 1; unit <= UNITS; unit++) {
        const [area, line] = [Math.floor(cell / 100), Math.floor(cell / 10) % 10];
        yield [`works/site${site}/area${area}/line${line}/cell${cell % 10}/unit${unit}/flow_m3h`, String((unit * 7 + cell) % 100)];
      }
  for (let meter = 1; meter <= METERS; meter++) yield [`works/site0/meters/meter${String(meter).padStart(4, '0')}`, reading(meter)];
}

function reading(meter) {
  const value = (meter * 7919) % 1000;
  return JSON.stringify({ flow_m3h: value / 10, pressure_bar: 2 + (value % 40) / 10, temperature_c: 20 + (value % 25), state: ['Running', 'Idle', 'Stopped'][meter % 3] });
}

async function publish(port) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${BROKER_PORT}`);
  const begun = now();
  let waiting = [];
  let assets = 0;
  for (const [topic, payload] of plant()) {
    waiting.push(client.publishAsync(topic, payload, { qos: 1 }));
    assets += 1;
    if (waiting.length === 1_000) {
      await Promise.all(waiting);
      waiting = [];
    }
  }
  await Promise.all(waiting);
  await client.endAsync();
  const all = assets - METERS + 4 * METERS;
  const done = await until(async () => (await metrics(port)).gemba_points >= all, 120_000, 50);
  if (!done) throw new Error(`${(await metrics(port)).gemba_points} of ${all} points joined`);
  return { points: all, joinSeconds: round((now() - begun) / 1000) };
}

/** Milliseconds until an answer is there, median and slowest, and its bytes as sent. */
async function timed(addresses) {
  const times = [];
  let bytes = 0;
  for (const address of addresses) {
    const begun = now();
    const answer = await fetch(address, { headers: { 'accept-encoding': 'br' } });
    const text = await answer.text();
    times.push(now() - begun);
    if (!answer.ok) throw new Error(`${address} answers ${answer.status}: ${text.slice(0, 200)}`);
    bytes = Math.max(bytes, text.length);
  }
  return { median: round(median(times)), slowest: round(Math.max(...times)), largestKB: round(bytes / 1000) };
}

/** First paint and bytes of a page in a new browser; then what `act` does there. */
async function opened(browser, address, act) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  const types = new Map();
  let bytes = 0;
  devtools.on('Network.responseReceived', (event) => types.set(event.requestId, event.type));
  // What draws it: HTML, CSS and data. Program and font come once, for every page.
  devtools.on('Network.loadingFinished', (event) => {
    if (['Document', 'Stylesheet', 'Fetch', 'XHR'].includes(types.get(event.requestId))) bytes += event.encodedDataLength;
  });
  await page.goto(address, { waitUntil: 'load', timeout: 60_000 });
  const paint = await until(() => page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime), 10_000);
  const html = await page.evaluate(() => performance.getEntriesByType('navigation')[0].responseEnd);
  await page.waitForTimeout(1_500);
  const kB = round(bytes / 1000);
  const more = act ? await act(page) : {};
  const nodes = await page.evaluate(() => ({ treeRows: document.querySelectorAll('.g-node').length, elements: document.querySelectorAll('*').length }));
  await context.close();
  return { paint: round(paint), html: round(html), kB, ...nodes, ...more };
}

/** Scrolls the tree to the middle of what is open, and waits until rows stand there. */
async function scrolled(page) {
  const tree = page.locator('nav.g-tree');
  const begun = now();
  await tree.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
  await page.waitForFunction(() => {
    const box = document.querySelector('nav.g-tree').getBoundingClientRect();
    const at = document.elementFromPoint(box.left + 100, box.top + box.height / 2);
    return at?.closest('a.g-node') !== null && at?.closest('a.g-node') !== undefined;
  });
  return { scrollMillis: round(now() - begun) };
}

const adapter = gemba({ gemba: resolve(args.gemba), site: args.site && resolve(args.site) });
const context = { n: 0, published: 0, brokerPort: BROKER_PORT, port: 18895, dir };
const address = `http://127.0.0.1:${context.port}`;
const broker = new Broker(BROKER_PORT, dir, 'max_queued_messages 0\n');
await broker.start();
adapter.prepare(context);
const server = adapter.start(context);
try {
  if (!(await listens(context.port, 60_000, 5))) throw new Error('gemba does not answer');
  await until(async () => (await metrics(context.port)).gemba_sources_connected === 1, 30_000);
  const joined = await publish(context.port);
  const assets = (await metrics(context.port)).gemba_assets;
  const rows = (query) => `${address}/api/fn/rows?path=works/site0/meters&${query}`;
  const sorts = ['', 'query[sort]=name&query[descending]=true', 'query[sort]=p:flow_m3h&query[descending]=true', 'query[sort]=state', 'query[sort]=tags', 'query[only]=silent', 'query[state]=Idle', 'query[words]=47', 'query[column]=pressure_bar&query[min]=3&query[max]=4&query[sort]=p:temperature_c', 'query[offset]=6400'];
  const results = {
    assets,
    ...joined,
    memoryMiB: round(usage(server.pid).rssMiB),
    rows: await timed([...sorts, ...sorts].map(rows)),
    search: await timed([...QUERIES, ...QUERIES].map((query) => `${address}/api/fn/search?q=${encodeURIComponent(query)}`)),
    find: await timed([...QUERIES, ...QUERIES].map((query) => `${address}/api/fn/find?query[words]=${encodeURIComponent(query)}`)),
    branch: await timed([0, 60, 3_000, 6_480].map((offset) => `${address}/api/fn/branch?parent=1&offset=${offset}`)),
  };
  const browser = await chromium.launch(CHROMIUM);
  for (const [name, path, act] of [['top', '/h/works'], ['deep', '/h/works/site1/area3/line5'], ['wide', '/h/works/site0/meters', scrolled], ['sorted', '/h/works/site0/meters?sort=p:flow_m3h&dir=desc'], ['search', '/search?q=meter']]) {
    const runs = [];
    for (let turn = 0; turn < REPEATS; turn++) runs.push(await opened(browser, address + path, act));
    results[name] = Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]));
  }
  await browser.close();
  console.log(JSON.stringify(results, null, 1));
  if (args.out) writeFileSync(args.out, JSON.stringify(results, null, 1));
  if (Number(args.hold) > 0) {
    console.log(`up at ${address} for ${args.hold} s`);
    await sleep(Number(args.hold) * 1_000);
  }
} finally {
  await stop(server);
  await broker.stop();
}
process.exit(0);
