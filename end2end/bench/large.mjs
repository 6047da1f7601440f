// 10,000 topics with 100,000 points through the broker: how they join, what they take, how pages open.

import { chromium } from '@playwright/test';
import { middle, now, round, until } from './numbers.mjs';
import { answers, firstPaint, heard, onPlant } from './plant.mjs';
import { cost, usage } from './processes.mjs';
import { CHROMIUM } from './stage.mjs';

const FIELDS = ['flow_m3h', 'pressure_bar', 'temperature_c', 'speed_rpm', 'current_a', 'power_kw', 'level_pct', 'vibration_mms', 'running', 'state'];
const QUERIES = ['pump', 'unit 7', 'area 3 line 5', 'pressure', 'unit 42 speed', 'vibration', 'line 9', 'xyz', 'a', 'temperature area 1'];

/** Ten areas of ten lines of a hundred units. */
const topic = (unit) => `works/area${Math.floor(unit / 1000)}/line${Math.floor(unit / 100) % 10}/unit${unit % 100}`;

function payload(unit, turn) {
  const values = FIELDS.map((field, at) => [field, (unit % 97) + at + turn / 10]);
  return JSON.stringify({ ...Object.fromEntries(values), running: unit % 3 > 0, state: turn % 2 ? 'Running' : 'Ready' });
}

function* turnOf(topics, turn) {
  for (let unit = 0; unit < topics; unit++) yield [topic(unit), payload(unit, turn)];
}

export async function large(env) {
  const topics = env.quick ? 1_000 : 10_000;
  const points = topics * FIELDS.length;
  return onPlant(env, async (plant) => {
    const join = await cost(plant.server.pid, () => heard(plant, turnOf(topics, 1), points));
    env.say(`${points} points joined in ${round(join.seconds)} s`);
    const again = await cost(plant.server.pid, () => heard(plant, turnOf(topics, 2), points));
    await plant.stop();
    const begun = now();
    await plant.start();
    const started = round(now() - begun);
    const ready = await until(() => fetch(`${plant.address}/readyz`).then((answer) => answer.ok, () => false), 30_000, 5);
    const readyAfter = ready ? round(now() - begun) : null;
    const { rssMiB } = usage(plant.server.pid);
    const asked = [...QUERIES, ...QUERIES].map((query) => `${plant.address}/api/fn/search?q=${encodeURIComponent(query)}`);
    const search = await answers(asked);
    const tree = await treePage(env, `${plant.address}/h/works/area3`);
    env.say(`started in ${started} ms, ${Math.round(rssMiB)} MiB, tree painted after ${tree.paint} ms, search at most ${search.slowest} ms`);
    return {
      points,
      joinSeconds: round(join.seconds),
      joinCpu: round(join.cpu),
      roundSeconds: round(again.seconds),
      roundCpu: round(again.cpu),
      peakMiB: round(Math.max(join.peakMiB, again.peakMiB)),
      startMillis: started,
      readyMillis: readyAfter,
      rssAfterStartMiB: round(rssMiB),
      bytesPerPoint: Math.round((rssMiB * 1048576) / points),
      search,
      tree,
    };
  });
}

/** First paint and bytes of the tree and of a level in it. */
async function treePage(env, address) {
  const browser = await chromium.launch(CHROMIUM);
  try {
    const runs = [];
    for (let turn = 0; turn < env.repeats; turn++) runs.push(await firstPaint(browser, address));
    return middle(runs);
  } finally {
    await browser.close();
  }
}
