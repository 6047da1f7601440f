// Broker → durable: how many readings a second are committed, beside a subscriber that only counts.

import { Broker } from './broker.mjs';
import gemba, { metrics } from './gemba.mjs';
import { middle, now, round, sleep, until } from './numbers.mjs';
import { cost, listens, report, stop } from './processes.mjs';
import { Stage } from './stage.mjs';

const BROKER_PORT = 18830;
const TOPICS = 500;
/** Mosquitto keeps what a subscriber has not taken yet. */
const UNLIMITED = 'max_queued_messages 0\nmax_queued_bytes 0\nmax_inflight_messages 0\n';

/** At both qualities of service, and what it costs when nobody looks. */
export async function ingest(env) {
  const results = {};
  for (const qos of [0, 1]) {
    const runs = [];
    for (let turn = 0; turn < env.repeats; turn++) {
      const bare = await beside(env, qos);
      const ours = await committed(env, qos);
      runs.push({ bare, ...ours, ratio: round(ours.perSecond / bare) });
      env.say(`QoS ${qos}: ${Math.round(ours.perSecond)} readings/s committed, ${Math.round(bare)} counted by a bare subscriber`);
    }
    results[`qos${qos}`] = middle(runs);
  }
  results.unwatched = await unwatched(env);
  return results;
}

/** The bare subscriber's messages a second. */
async function beside(env, qos) {
  const broker = new Broker(BROKER_PORT, env.dir, UNLIMITED);
  await broker.start();
  try {
    const subscriber = report(`${env.programs}/load`, ['subscribe', BROKER_PORT, qos, env.messages].map(String));
    await sleep(300);
    await flood(env, qos).done;
    return (await subscriber.done).perSecond;
  } finally {
    await broker.stop();
  }
}

const flood = (env, qos) => report(`${env.programs}/load`, ['flood', BROKER_PORT, qos, env.messages, TOPICS].map(String));

async function committed(env, qos) {
  const adapter = gemba(env);
  const context = { n: 0, published: 0, brokerPort: BROKER_PORT, port: adapter.port, dir: env.dir };
  const broker = new Broker(BROKER_PORT, env.dir, UNLIMITED);
  await broker.start();
  adapter.prepare(context);
  const server = adapter.start(context);
  try {
    const ready = () => fetch(`http://127.0.0.1:${context.port}/readyz`).then((answer) => answer.ok, () => false);
    if (!(await listens(context.port, 30_000)) || !(await until(ready, 10_000))) throw new Error(`gemba is not ready, see ${env.dir}`);
    const { result, cpu, peakMiB } = await cost(server.pid, async () => {
      const publishing = flood(env, qos);
      const counted = await count(context.port, env.messages);
      await publishing.done;
      return counted;
    });
    return { ...result, cpuPer100k: round((cpu / result.count) * 1e5), peakMiB: round(peakMiB) };
  } finally {
    await stop(server);
    await broker.stop();
  }
}

/** From the first commit until all are there, or until none came for two seconds. */
async function count(port, all) {
  let [begun, latest, before] = [undefined, undefined, 0];
  await until(async () => {
    const figures = await metrics(port);
    const time = now();
    const found = figures.gemba_committed_readings_total ?? 0;
    if (found > before) {
      // The first batch was on its way when we began to look.
      begun ??= { time, count: found };
      [latest, before] = [{ time, count: found }, found];
    }
    return found >= all || (latest && time - latest.time > 2_000);
  }, 60_000, 20);
  if (!latest) throw new Error('nothing was committed');
  const seconds = (latest.time - begun.time) / 1000;
  return { count: latest.count, share: round(latest.count / all), perSecond: round((latest.count - begun.count) / seconds) };
}

/** 10,000 readings a second at QoS 0, no browser. */
async function unwatched(env) {
  const stage = new Stage(gemba(env), { tags: 0, published: TOPICS, dir: env.dir });
  try {
    await stage.up();
    stage.publish(10_000, env.seconds + 3);
    await sleep(2_000);
    const { sequence } = stage;
    const { cpu, seconds, peakMiB } = await cost(stage.server.pid, () => sleep(env.seconds * 1000));
    const messages = stage.sequence - sequence;
    return { rate: round(messages / seconds), corePercent: round((cpu / seconds) * 100), cpuPer100k: round((cpu / messages) * 1e5), peakMiB: round(peakMiB) };
  } finally {
    await stage.down();
  }
}
