// One target on stage: a broker, its server, a publisher, a browser with the page; and how old each
// published value was when the page showed it.

import { chromium } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Broker } from './broker.mjs';
import { now, round, sleep, summary, until } from './numbers.mjs';
import { listens, stop } from './processes.mjs';
import { watcher } from './watcher.mjs';

export const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-extensions',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    // A page that wants another machine fails at once and is counted.
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  ],
};
const MOST_MESSAGES = 3e6;
const [SEQUENCE, CONNECTED] = [0, 1];

export class Stage {
  /** Tags `published`; the page shows the first `tags` of them, none without a browser. */
  constructor(adapter, { tags, published = tags, dir, brokerPort = 18830, port = adapter.port }) {
    Object.assign(this, { adapter, tags, published });
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    const topic = (tag) => (adapter.topic ? adapter.topic(tag) : `bench/t${tag}`);
    // The names of the peer harness' adapters.
    this.context = { n: tags, published, brokerPort, port, dir, topic };
  }

  async up() {
    const { brokerPort, topic, dir } = this.context;
    this.broker = new Broker(brokerPort, dir, this.adapter.brokerLines);
    await this.broker.start();
    await this.adapter.prepare?.(this.context);
    const begun = now();
    await this.startServer();
    this.startMillis = round(this.listening - begun);
    await this.startPublisher(brokerPort, Array.from({ length: this.published }, (_, tag) => topic(tag)));
    if (this.tags > 0) this.browser = await chromium.launch(CHROMIUM);
    return this;
  }

  /** Starts the server, or starts it again on the same port and data. */
  async startServer() {
    const { port } = this.context;
    if (await listens(port, 0)) throw new Error(`port ${port} is taken`);
    this.server = await this.adapter.start(this.context);
    const answers = await listens(port, 60_000, 5);
    this.listening = now();
    if (!answers || this.server.exitCode !== null) throw new Error(`${this.adapter.name} does not answer, see ${this.dir}`);
    await this.adapter.ready?.(this.context);
  }

  async startPublisher(port, topics) {
    const shared = new SharedArrayBuffer(8 * (MOST_MESSAGES + 1));
    const control = new SharedArrayBuffer(8);
    this.sent = new Float64Array(shared);
    this.control = new Int32Array(control);
    const workerData = { port, topics, payload: this.adapter.payload, shared, control };
    this.publisher = new Worker(new URL('./publisher.mjs', import.meta.url), { workerData });
    this.publisher.on('error', (error) => (this.publisherError = error));
    if (!(await until(() => Atomics.load(this.control, CONNECTED), 5_000))) {
      throw new Error(`the publisher did not connect ${this.publisherError ?? ''}`);
    }
  }

  async down() {
    await this.page?.context().close().catch(() => undefined);
    await this.browser?.close().catch(() => undefined);
    await this.publisher?.terminate();
    await stop(this.server);
    await this.broker?.stop();
  }

  /** Evenly; or, as a controller is scanned, all tags at once in each period. */
  publish(rate, seconds, scanned = false) {
    this.publisher.postMessage({ rate, seconds, scanned });
  }

  quiet() {
    this.publisher.postMessage({ stop: true });
  }

  /** The number last published. */
  get sequence() {
    return Atomics.load(this.control, SEQUENCE);
  }

  /** Opens the page in a new context. `slow`: a weak tablet on a slow mobile network. */
  async open({ network = false, slow = false } = {}) {
    await this.page?.context().close().catch(() => undefined);
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    this.page = await context.newPage();
    this.devtools = await context.newCDPSession(this.page);
    await this.page.addInitScript({ content: watcher(this.tags, this.adapter.read, this.adapter.mode) });
    this.traffic = { requests: 0, bytes: 0, byType: {}, socketBytes: 0, frames: 0, failed: 0 };
    if (network || slow) await this.countTraffic();
    if (slow) await this.slowDown();
    this.opened = now();
    await this.page.goto(this.adapter.url(this.context), { waitUntil: 'commit', timeout: 60_000 });
    await this.adapter.afterOpen?.(this.page, this.context);
  }

  async countTraffic() {
    const { traffic, devtools } = this;
    await devtools.send('Network.enable');
    await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
    const types = new Map();
    devtools.on('Network.responseReceived', (event) => types.set(event.requestId, event.type));
    devtools.on('Network.loadingFinished', (event) => {
      const type = types.get(event.requestId) ?? 'Other';
      traffic.requests += 1;
      traffic.bytes += event.encodedDataLength;
      traffic.byType[type] = (traffic.byType[type] ?? 0) + event.encodedDataLength;
    });
    devtools.on('Network.loadingFailed', () => (traffic.failed += 1));
    devtools.on('Network.webSocketFrameReceived', ({ response }) => {
      traffic.frames += 1;
      const isBinary = response.opcode === 2;
      traffic.socketBytes += isBinary ? Buffer.byteLength(response.payloadData, 'base64') : Buffer.byteLength(response.payloadData);
    });
  }

  async slowDown() {
    await this.devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    // Lighthouse's slow 4G: 150 ms, 1.6 Mbit/s down, 750 kbit/s up.
    const throughput = { downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
    await this.devtools.send('Network.emulateNetworkConditions', { offline: false, latency: 150, ...throughput });
  }

  /** Learns what to add to the page's clock to get ours; gives its uncertainty in milliseconds. */
  async calibrate() {
    let best = Infinity;
    for (let turn = 0; turn < 40; turn++) {
      const before = now();
      const there = await this.page.evaluate(() => performance.now());
      const after = now();
      if (after - before >= best) continue;
      best = after - before;
      this.offset = (before + after) / 2 - there;
    }
    return round(best / 2);
  }

  /** Waits until the page has a cell for each tag. */
  async located(limitMillis = 20_000) {
    const found = () => this.page.evaluate(() => window.__b?.found ?? 0).catch(() => 0);
    const all = await until(async () => (await found()) >= this.tags, limitMillis, 50);
    if (!all) throw new Error(`the page shows ${await found()} of ${this.tags} tags`);
  }

  notes() {
    return this.page.evaluate(() => window.__b);
  }

  /** Chromium's counters of the page's main thread. */
  async counters() {
    const { metrics } = await this.devtools.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }

  /**
   * The age of each published value, after `first` and up to `last`, when its cell first showed it or a
   * newer one. What was not shown by now is `missing`; a page that leaves values out is not rewarded.
   */
  ages(notes, first, last) {
    const painted = new Float64Array(notes.dom.length / 3).fill(NaN);
    for (let at = 0; at < notes.paint.length; at += 3) painted.fill(notes.paint[at + 2], notes.paint[at], notes.paint[at + 1]);
    const shown = Array.from({ length: this.tags }, () => []);
    let [wentBack, misread, count] = [0, 0, 0];
    for (let at = 0; at < notes.dom.length; at += 3) {
      const [tag, number, time] = notes.dom.slice(at, at + 3);
      const cell = shown[tag];
      if (number % this.published !== tag) misread += 1;
      else if (cell.length > 0 && number < cell.at(-1).number) wentBack += 1;
      else cell.push({ number, dom: time + this.offset, paint: painted[at / 3] + this.offset });
      if (number > first && number <= last) count += 1;
    }
    const [dom, paint, thirds, next] = [[], [], [[], [], []], new Int32Array(this.tags)];
    let [missing, published] = [0, 0];
    for (let number = first + 1; number <= last; number++) {
      const tag = number % this.published;
      if (tag >= this.tags) continue;
      published += 1;
      const cell = shown[tag];
      while (next[tag] < cell.length && cell[next[tag]].number < number) next[tag] += 1;
      const hit = cell[next[tag]];
      if (!hit) {
        missing += 1;
        continue;
      }
      dom.push(hit.dom - this.sent[number]);
      if (!Number.isNaN(hit.paint)) paint.push(hit.paint - this.sent[number]);
      thirds[Math.min(2, Math.floor((3 * (number - first - 1)) / (last - first)))].push(dom.at(-1));
    }
    const grows = summary(thirds[2]).p50 > 2 * summary(thirds[0]).p50 + 50;
    return { published, shown: count, missing, wentBack, misread, grows, dom: summary(dom), paint: summary(paint) };
  }

  /** When each tag first showed something published after `time`. */
  async liveAfter(time) {
    const notes = await this.notes();
    const live = new Map();
    for (let at = 0; at < notes.dom.length; at += 3) {
      const [tag, number, when] = notes.dom.slice(at, at + 3);
      if (this.sent[number] >= time && !live.has(tag)) live.set(tag, when + this.offset);
    }
    return live;
  }
}

