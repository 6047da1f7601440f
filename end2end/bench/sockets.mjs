// Many live sockets: what each more costs, and how old a value is when the last of them has it.

import gemba, { metrics } from './gemba.mjs';
import { round, sleep } from './numbers.mjs';
import { cost, report } from './processes.mjs';
import { Stage } from './stage.mjs';

/** `load sockets` reads the age of a value from the value. */
const CLOCK = 'String(ms % 1e7)';

/** 1 and 20 sockets on 500 tags; 1,000 sockets on twenty views of 50 points, spread and scanned. */
export async function sockets(env) {
  const many = env.quick ? 200 : 1_000;
  const plans = {
    one: { tags: 500, sockets: 1, views: 1, points: 500 },
    twenty: { tags: 500, sockets: 20, views: 1, points: 500 },
    manyScanned: { tags: 1_000, sockets: many, views: 20, points: 50, scanned: true },
    manySpread: { tags: 1_000, sockets: many, views: 20, points: 50 },
  };
  const results = {};
  for (const [name, plan] of Object.entries(plans)) {
    results[name] = await crowd(env, plan);
    env.say(`${plan.sockets} sockets × ${plan.points} points${plan.scanned ? ', scanned' : ''}: ${JSON.stringify(results[name])}`);
  }
  return results;
}

async function crowd(env, { tags, sockets, views, points, scanned }) {
  const adapter = { ...gemba({ ...env, assets: Math.max(1, tags / points) }), payload: CLOCK };
  const stage = new Stage(adapter, { tags: 0, published: tags, dir: env.dir });
  try {
    await stage.up();
    stage.publish(tags, env.seconds + 30, scanned);
    await sleep(1_000);
    const load = report(`${env.programs}/load`, ['sockets', stage.context.port, sockets, views, points, env.seconds].map(String));
    // Half a second more than the crowd takes to open: its first frames are whole views.
    const opened = async () => (await metrics(stage.context.port)).gemba_sockets >= sockets;
    while (load.exitCode === null && !(await opened())) await sleep(100);
    await sleep(500);
    const window = Math.max(1, env.seconds - 2);
    const { sequence } = stage;
    const { cpu, seconds, peakMiB } = await cost(stage.server.pid, () => sleep(window * 1000));
    const messages = stage.sequence - sequence;
    const heard = await load.done;
    return {
      cpuPercent: round((cpu / seconds) * 100),
      cpuPer100k: round((cpu / messages) * 1e5),
      peakMiB: round(peakMiB),
      openMillis: round(heard.openMillis),
      framesPerSecond: round(heard.frames / heard.seconds),
      bytesPerSecond: round(heard.bytes / heard.seconds),
      p50: round(heard.p50),
      p95: round(heard.p95),
      p99: round(heard.p99),
      max: round(heard.max),
      wholeAgain: heard.wholeAgain,
    };
  } finally {
    await stage.down();
  }
}
