// A large plant: a server that hears it once, and pages of it in new browsers.

import mqtt from 'mqtt';
import { Broker } from './broker.mjs';
import gemba, { metrics } from './gemba.mjs';
import { median, now, round, until } from './numbers.mjs';
import { listens, stop } from './processes.mjs';

const BROKER_PORT = 18830;
/** Publishes that wait for the broker's word. */
const WAITING = 1_000;

/** An empty server on a broker of its own; `work` gets both. */
export async function onPlant(env, work) {
  const adapter = gemba(env);
  const context = { n: 0, published: 0, brokerPort: BROKER_PORT, port: adapter.port, dir: env.dir };
  const broker = new Broker(BROKER_PORT, env.dir, 'max_queued_messages 0\n');
  await broker.start();
  adapter.prepare(context);
  const plant = {
    address: `http://127.0.0.1:${context.port}`,
    port: context.port,
    brokerPort: BROKER_PORT,
    data: `${context.dir}/data`,
    server: undefined,
    async start() {
      this.server = adapter.start(context);
      if (!(await listens(context.port, 60_000, 5))) throw new Error('gemba does not answer');
      const connected = async () => (await metrics(context.port)).gemba_sources_connected === 1;
      if (!(await until(connected, 30_000))) throw new Error('gemba does not reach its broker');
    },
    async stop() {
      await stop(this.server);
    },
  };
  try {
    await plant.start();
    return await work(plant);
  } finally {
    await plant.stop();
    await broker.stop();
  }
}

/** Publishes each topic once, at QoS 1, and waits until so many points are known and durable. */
export async function heard(plant, messages, points) {
  const before = (await metrics(plant.port)).gemba_committed_readings_total;
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${plant.brokerPort}`);
  const begun = now();
  let waiting = [];
  for (const [topic, payload] of messages) {
    waiting.push(client.publishAsync(topic, payload, { qos: 1 }));
    if (waiting.length < WAITING) continue;
    await Promise.all(waiting);
    waiting = [];
  }
  await Promise.all(waiting);
  await client.endAsync();
  const figures = await until(async () => {
    const found = await metrics(plant.port);
    return found.gemba_points >= points && found.gemba_committed_readings_total - before >= points && found;
  }, 120_000, 50);
  if (!figures) throw new Error(`${(await metrics(plant.port)).gemba_points} of ${points} points joined`);
  return round((now() - begun) / 1000);
}

/** Milliseconds until an answer is there, median and slowest, and its largest size. */
export async function answers(addresses) {
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
export async function firstPaint(browser, address, act) {
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
  // Data that the page fetches when it has come to life.
  await page.waitForTimeout(1_500);
  const kB = round(bytes / 1000);
  const more = act ? await act(page) : {};
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  await context.close();
  return { paint: round(paint), html: round(html), kB, elements, ...more };
}
