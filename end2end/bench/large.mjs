// 10,000 topics with 100,000 points through the broker: how they join, what they take, how pages open.

import { chromium } from '@playwright/test';
import mqtt from 'mqtt';
import { Broker } from './broker.mjs';
import gemba, { metrics } from './gemba.mjs';
import { median, now, round, until } from './numbers.mjs';
import { cost, listens, stop, usage } from './processes.mjs';
import { CHROMIUM } from './stage.mjs';

const BROKER_PORT = 18830;
const FIELDS = ['flow_m3h', 'pressure_bar', 'temperature_c', 'speed_rpm', 'current_a', 'power_kw', 'level_pct', 'vibration_mms', 'running', 'state'];
const QUERIES = ['pump', 'unit 7', 'area 3 line 5', 'pressure', 'unit 42 speed', 'vibration', 'line 9', 'xyz', 'a', 'temperature area 1'];

/** Ten areas of ten lines of a hundred units. */
const topic = (unit) => `works/area${Math.floor(unit / 1000)}/line${Math.floor(unit / 100) % 10}/unit${unit % 100}`;

function payload(unit, round) {
  const values = FIELDS.map((field, at) => [field, (unit % 97) + at + round / 10]);
  return JSON.stringify({ ...Object.fromEntries(values), running: unit % 3 > 0, state: round % 2 ? 'Running' : 'Ready' });
}

export async function large(env) {
  const topics = env.quick ? 1_000 : 10_000;
  const adapter = gemba(env);
  const context = { n: 0, published: 0, brokerPort: BROKER_PORT, port: adapter.port, dir: env.dir };
  const address = `http://127.0.0.1:${context.port}`;
  const broker = new Broker(BROKER_PORT, env.dir, 'max_queued_messages 0\n');
  await broker.start();
  adapter.prepare(context);
  let server = adapter.start(context);
  try {
    await answers(context.port);
    const join = await cost(server.pid, () => joined(context.port, topics));
    env.say(`${topics * FIELDS.length} points joined in ${round(join.seconds)} s`);
    const again = await cost(server.pid, () => joined(context.port, topics));
    await stop(server);
    const begun = now();
    server = adapter.start(context);
    await answers(context.port);
    const started = round(now() - begun);
    const ready = await until(() => fetch(`${address}/readyz`).then((answer) => answer.ok, () => false), 30_000, 5);
    const readyAfter = ready ? round(now() - begun) : null;
    const { rssMiB } = usage(server.pid);
    const search = await searched(address);
    const pages = await opened(env, address);
    env.say(`started in ${started} ms, ${Math.round(rssMiB)} MiB, tree painted after ${pages.treePaint} ms, search at most ${search.slowest} ms`);
    return {
      points: topics * FIELDS.length,
      joinSeconds: round(join.seconds),
      joinCpu: round(join.cpu),
      roundSeconds: round(again.seconds),
      roundCpu: round(again.cpu),
      peakMiB: round(Math.max(join.peakMiB, again.peakMiB)),
      startMillis: started,
      readyMillis: readyAfter,
      rssAfterStartMiB: round(rssMiB),
      bytesPerPoint: Math.round((rssMiB * 1048576) / (topics * FIELDS.length)),
      search,
      ...pages,
    };
  } finally {
    await stop(server);
    await broker.stop();
  }
}

async function answers(port) {
  if (!(await listens(port, 60_000, 5))) throw new Error('gemba does not answer');
  const connected = async () => (await metrics(port)).gemba_sources_connected === 1;
  if (!(await until(connected, 30_000))) throw new Error('gemba does not reach its broker');
}

let rounds = 0;

/** Publishes each topic once, at QoS 1, and waits until all of it is known and durable. */
async function joined(port, topics) {
  const before = (await metrics(port)).gemba_committed_readings_total;
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${BROKER_PORT}`);
  rounds += 1;
  for (let unit = 0; unit < topics; unit += 500) {
    const some = Array.from({ length: Math.min(500, topics - unit) }, (_, at) => unit + at);
    await Promise.all(some.map((one) => client.publishAsync(topic(one), payload(one, rounds), { qos: 1 })));
  }
  await client.endAsync();
  const all = topics * FIELDS.length;
  const figures = await until(async () => {
    const found = await metrics(port);
    return found.gemba_points >= all && found.gemba_committed_readings_total - before >= all && found;
  }, 90_000, 50);
  if (!figures) throw new Error(`${(await metrics(port)).gemba_points} of ${all} points joined`);
}

/** Milliseconds of a search, as the palette asks it. */
async function searched(address) {
  const times = [];
  for (const query of [...QUERIES, ...QUERIES]) {
    const begun = now();
    const answer = await fetch(`${address}/api/fn/search?q=${encodeURIComponent(query)}`);
    await answer.text();
    if (!answer.ok) throw new Error(`search answers ${answer.status}`);
    times.push(now() - begun);
  }
  return { median: round(median(times)), slowest: round(Math.max(...times)) };
}

/** First paint and bytes of the tree and of a level in it, in a new browser. */
async function opened(env, address) {
  const browser = await chromium.launch(CHROMIUM);
  try {
    const runs = [];
    for (let turn = 0; turn < env.repeats; turn++) runs.push(await firstPaint(browser, `${address}/h/works/area3`));
    return { treePaint: median(runs.map((run) => run.paint)), treeKB: median(runs.map((run) => run.kB)), treeHtmlMillis: median(runs.map((run) => run.html)) };
  } finally {
    await browser.close();
  }
}

async function firstPaint(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  const types = new Map();
  let bytes = 0;
  devtools.on('Network.responseReceived', (event) => types.set(event.requestId, event.type));
  // What draws the tree: HTML, CSS and data. Program and font come once, for every page.
  devtools.on('Network.loadingFinished', (event) => {
    if (['Document', 'Stylesheet', 'Fetch', 'XHR'].includes(types.get(event.requestId))) bytes += event.encodedDataLength;
  });
  await page.goto(address, { waitUntil: 'load', timeout: 60_000 });
  const paint = () => page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  const first = await until(paint, 10_000);
  const html = await page.evaluate(() => performance.getEntriesByType('navigation')[0].responseEnd);
  // Data that the page fetches when it has come to life.
  await page.waitForTimeout(1_500);
  await context.close();
  return { paint: round(first), html: round(html), kB: round(bytes / 1000) };
}
