// What is measured, in order. Each row gives plain numbers; what they should be stands in `xtask/src/bench`.

import { cold } from './cold.mjs';
import { drill } from './drill.mjs';
import floor from './floor.mjs';
import gemba from './gemba.mjs';
import { ingest } from './ingest.mjs';
import { large } from './large.mjs';
import { ladder, latency } from './latency.mjs';
import { model } from './model.mjs';
import { middle } from './numbers.mjs';
import { report, stop } from './processes.mjs';
import { recovery } from './recovery.mjs';
import { sockets } from './sockets.mjs';
import { Stage } from './stage.mjs';

/** Tags and updates a second: many changes of few, one change each of many. */
const LOADS = { '50x10': { tags: 50, rate: 500 }, '500x1': { tags: 500, rate: 500 } };

/** Other products are measured once more only when it is not later than this. */
const MOST_MINUTES = 15;

export const ROWS = {
  latency: latencies,
  busy,
  window: partOfMany,
  cold: firstVisits,
  recovery: recoveries,
  ingest,
  sockets,
  large,
  drill,
  model,
};

/** The floor, measured before and after everything else. */
export async function floors(env) {
  const results = {};
  for (const window of [0, 16]) {
    const adapter = floor({ ...env, window });
    for (const [load, { tags, rate }] of Object.entries(LOADS)) {
      results[`${load}${window > 0 ? ` ${window} ms` : ''}`] = await on(env, adapter, { tags }, async (stage) => {
        const run = await latency(stage, { rate, seconds: env.seconds });
        env.say(`${adapter.name} ${load}: painted p50 ${run.paint.p50} ms, p95 ${run.paint.p95} ms`);
        return window > 0 ? run : { ...run, cold: await cold(stage, { rate }) };
      });
    }
  }
  return results;
}

async function latencies(env) {
  const results = {};
  for (const [load, { tags, rate }] of Object.entries(LOADS)) {
    results[load] = await on(env, gemba(env), { tags }, async (stage) => {
      const runs = await repeat(env, () => latency(stage, { rate, seconds: env.seconds }), says(env, `gemba ${load}`));
      const network = await latency(stage, { rate, seconds: env.seconds, network: true });
      return { ...middle(runs), bytesPerShown: network.bytesPerShown, framesPerSecond: network.framesPerSecond, startMillis: stage.startMillis };
    });
  }
  return results;
}

/** 10,000 updates a second on 50 tags, 50 sockets, and how far it goes. */
async function busy(env) {
  const plans = { '500 × 50 sockets': [500, 49], '10000 × 1 socket': [10_000, 0], '10000 × 50 sockets': [10_000, 49] };
  return on(env, gemba(env), { tags: 50 }, async (stage) => {
    const results = {};
    for (const [name, [rate, others]] of Object.entries(plans)) {
      const run = async () => {
        const args = ['sockets', stage.context.port, others, 1, 50, env.seconds + 12].map(String);
        const crowd = others > 0 ? report(`${env.programs}/load`, args) : undefined;
        try {
          return await latency(stage, { rate, seconds: env.seconds });
        } finally {
          await stop(crowd);
        }
      };
      results[name] = middle(await repeat(env, run, says(env, `gemba ${name}`)));
    }
    results.ladder = await ladder(stage, { steps: [1_000, 2_000, 4_000, 8_200, 16_000] });
    env.say(`gemba sustains ${results.ladder.sustained} updates/s`);
    return results;
  });
}

/** 5,000 tags a second, of which the page shows 200. */
async function partOfMany(env) {
  const adapter = gemba({ ...env, assets: 25 });
  return on(env, adapter, { tags: 200, published: 5_000 }, async (stage) => {
    const run = () => latency(stage, { rate: 5_000, seconds: env.seconds });
    return middle(await repeat(env, run, says(env, 'gemba 200 of 5,000')));
  });
}

async function firstVisits(env) {
  const results = {};
  for (const [load, { tags, rate }] of Object.entries(LOADS)) {
    await on(env, gemba(env), { tags }, async (stage) => {
      const tell = (run) => env.say(`gemba ${load}: ${run.kB} kB, first paint ${run.firstPaint} ms, live ${run.firstLive} ms`);
      results[load] = middle(await repeat(env, () => cold(stage, { rate }), tell));
      if (load === '50x10') results.tablet = await cold(stage, { rate, slow: true });
    });
  }
  return results;
}

async function recoveries(env) {
  const { tags, rate } = LOADS['50x10'];
  return on(env, gemba(env), { tags }, async (stage) => {
    const results = {};
    for (const what of ['broker', 'server']) {
      const tell = (run) => env.say(`${what} killed: told after ${run.told} ms (${run.words}), live ${run.allLive} ms after its start`);
      const runs = await repeat(env, () => recovery(stage, what, { rate }), tell);
      const told = runs.filter((run) => run.told !== null).length;
      results[what] = { ...middle(runs), toldTimes: told, runs: runs.length };
    }
    return results;
  });
}

/** Other products, by the adapters of the peer harness (`--peers FOLDER`), in turns with ours and the floor. */
export async function peers(env) {
  // Its adapters name their servers from its folder.
  process.chdir(env.peers);
  const adapters = [floor(env), gemba(env)];
  for (const name of env.peerNames) {
    const { default: make } = await import(`${env.peers}/adapters/${name}.mjs`);
    adapters.push(typeof make === 'function' ? make({}) : make);
  }
  const runs = Object.fromEntries(Object.keys(LOADS).map((load) => [load, Object.fromEntries(adapters.map(({ name }) => [name, []]))]));
  for (let turn = 0; turn < env.repeats && (turn === 0 || env.minutes() < MOST_MINUTES); turn++) {
    for (const [load, { tags, rate }] of Object.entries(LOADS)) {
      for (const adapter of adapters) {
        const run = await on(env, adapter, { tags }, async (stage) => ({
          ...(await latency(stage, { rate, seconds: env.seconds })),
          cold: await cold(stage, { rate }),
        })).catch((error) => ({ error: String(error) }));
        env.say(`${adapter.name} ${load}: ${run.error ?? `painted p95 ${run.paint.p95} ms, first live ${run.cold.firstLive} ms`}`);
        if (!run.error) runs[load][adapter.name].push(run);
      }
    }
  }
  const one = ([name, all]) => [name, { ...middle(all), runs: all.length }];
  const results = Object.fromEntries(Object.entries(runs).map(([load, all]) => [load, Object.fromEntries(Object.entries(all).map(one))]));
  return { loads: results, versions: Object.fromEntries(adapters.map(({ name, version }) => [name, version ?? null])) };
}

async function on(env, adapter, tags, work) {
  const stage = new Stage(adapter, { ...tags, dir: env.dir });
  try {
    await stage.up();
    return await work(stage);
  } finally {
    await stage.down();
  }
}

async function repeat(env, work, tell) {
  const runs = [];
  for (let turn = 0; turn < env.repeats; turn++) {
    runs.push(await work());
    tell(runs.at(-1));
  }
  return runs;
}

const says = (env, what) => (run) =>
  env.say(`${what}: DOM p50 ${run.dom.p50} p95 ${run.dom.p95} ms, painted p50 ${run.paint.p50} p95 ${run.paint.p95} ms, ${run.serverCpuPer100k} s/100k`);
