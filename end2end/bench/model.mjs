// `gemba model apply` of 100,000 assets to a server with 100,000 live points: how long until they hold, and
// what live values notice of it.

import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { metrics } from './gemba.mjs';
import { now, round, sleep, summary, until } from './numbers.mjs';
import { heard, onPlant } from './plant.mjs';
import { cost, report, usage } from './processes.mjs';
import { Stage } from './stage.mjs';

const MACHINES = 100;
/** Machines that speak each second, and the sockets that watch them. */
const [HOT, SOCKETS, WATCHED] = [1_000, 20, 50];
/** A value is the wall clock's milliseconds modulo this at its publish: `load sockets` reads ages off them. */
const CLOCK = 1e7;
const RATE = 2_000;
/** Sockets watch for so long: more than a command takes, also on a busy machine. */
const SECONDS = 30;

const TYPES = (high) => `
[types.machine.parameters.line]
data = "text"
[types.machine.properties.power]
kind = "measurement"
unit = "kW"
topic = "works/{line}/{asset}/power"
limits = { high = ${high} }
[types.machine.properties.state]
kind = "state"
states = [{ name = "running", when = "power > 5", counts_as = "running" }, { name = "stopped" }]
[types.place]
inputs.powers = { through = "has_part", property = "power" }
inputs.states = { through = "has_part", property = "state" }
[types.place.properties]
power = { kind = "computed", unit = "kW", formula = "sum(powers)" }
state = { kind = "computed", formula = "worst(states, 'stopped', 'running')" }
running = { kind = "computed", formula = "count_if(states == 'running')" }
`;

const padded = (number, digits) => String(number).padStart(digits, '0');
const line = (number) => `l-${padded(number, 3)}`;
const machine = (number) => `m-${padded(number, 6)}`;
const topic = (number) => `works/${line(Math.floor(number / MACHINES))}/${machine(number)}/power`;

/** A site for ten areas of ten lines; each line a file of its own. */
function write(dir, lines, { high, name = () => '' }) {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(`${dir}/sites`, { recursive: true });
  writeFileSync(`${dir}/types.toml`, TYPES(high));
  const place = (key, above) => `[assets.${key}]\ntype = "place"\n${above ? `relations.part_of = "${above}"\n` : ''}`;
  let places = place('works');
  for (let area = 0; area < lines / 10; area++) {
    const site = `s-${Math.floor(area / 10)}`;
    if (area % 10 === 0) places += place(site, 'works');
    places += place(`a-${padded(area, 2)}`, site);
  }
  writeFileSync(`${dir}/places.toml`, places);
  for (let at = 0; at < lines; at++) {
    let text = place(line(at), `a-${padded(Math.floor(at / 10), 2)}`);
    for (let of = at * MACHINES; of < (at + 1) * MACHINES; of++) {
      text += `[assets.${machine(of)}]\ntype = "machine"\n${name(of)}parameters.line = "${line(at)}"\nrelations.part_of = "${line(at)}"\n`;
    }
    writeFileSync(`${dir}/sites/${line(at)}.toml`, text);
  }
}

export async function model(env) {
  const lines = env.quick ? 100 : 1_000;
  const points = lines * MACHINES;
  return onPlant(env, async (plant) => {
    const all = Array.from({ length: points }, (_, number) => [topic(number), '10']);
    const joinSeconds = await heard(plant, all, points);
    env.say(`${points} points joined in ${joinSeconds} s`);
    const dir = `${env.dir}/model`;
    const run = (...words) => gemba(env, ['model', ...words]);
    write(dir, lines, { high: 1e9 });
    const results = { points, joinSeconds, before: await live(env, plant, points, () => sleep(5_000)) };
    results.checkSeconds = await run('check', dir);
    results.first = await live(env, plant, points, () => applied(plant, () => run('apply', dir, '--data', plant.data, '--yes')));
    results.assets = (await metrics(plant.port)).gemba_assets;
    env.say(`first: ${JSON.stringify(results.first)}`);
    // A limit of the type, and every tenth name.
    write(dir, lines, { high: 2e9, name: (of) => (of % 10 === 0 ? `name = "Machine ${of}"\n` : '') });
    results.planSeconds = await run('plan', dir, '--data', plant.data);
    results.changed = await live(env, plant, points, () => applied(plant, () => run('apply', dir, '--data', plant.data, '--yes')));
    env.say(`changed: ${JSON.stringify(results.changed)}`);
    results.back = await live(env, plant, points, () => applied(plant, () => run('apply', '--rollback', '--data', plant.data, '--yes')));
    env.say(`back: ${JSON.stringify(results.back)}`);
    results.memoryMiB = round(usage(plant.server.pid).rssMiB);
    return results;
  });
}

/** Seconds of a command. */
async function gemba(env, words) {
  const begun = now();
  await promisify(execFile)(env.gemba, words, { maxBuffer: 1 << 26 });
  return round((now() - begun) / 1000);
}

/** A new version: the whole command, and from its commit until it holds. */
async function applied(plant, apply) {
  const version = (await metrics(plant.port)).gemba_model_version;
  const applySeconds = await apply();
  const figures = await until(async () => {
    const found = await metrics(plant.port);
    return found.gemba_model_version > version && found;
  }, 10_000);
  if (!figures) throw new Error('the new version does not hold');
  return { applySeconds, takenSeconds: round(figures.gemba_model_taken_seconds), longestSliceMillis: round(figures.gemba_engine_slowest_slice_seconds * 1000) };
}

/** What sockets see of live values while `work` runs, and whether anything is lost. */
async function live(env, plant, points, work) {
  const hot = Math.min(HOT, points / 2);
  const cold = points - hot;
  // Each second all of the watched, and as many others in turn.
  const topics = Array.from({ length: 2 * cold }, (_, at) => topic(at % 2 === 0 ? (at / 2) % hot : hot + (at - 1) / 2));
  const stage = new Stage({ payload: `String(ms % ${CLOCK})` }, { tags: 0, published: topics.length, dir: env.dir });
  await stage.startPublisher(plant.brokerPort, topics);
  const before = await metrics(plant.port);
  stage.publish(RATE, SECONDS + 1);
  const crowd = report(`${env.programs}/load`, ['sockets', plant.port, SOCKETS, SOCKETS, WATCHED, SECONDS].map(String));
  try {
    await until(async () => (await metrics(plant.port)).gemba_sockets >= SOCKETS, 10_000);
    await sleep(1_500);
    const from = Date.now() % CLOCK;
    const { result, cpu, peakMiB } = await cost(plant.server.pid, work);
    const to = Date.now() % CLOCK;
    const seen = await crowd.done;
    if (to > from && seen.heard.at(-1)[0] < to) throw new Error('it was not done before the sockets were');
    const during = seen.heard.filter(([at]) => at >= from && at <= to + 500);
    stage.quiet();
    await sleep(500);
    const sent = stage.sequence;
    const taken = async () => (await metrics(plant.port)).gemba_messages_total - before.gemba_messages_total >= sent;
    await until(taken, 10_000);
    // What is late is not yet lost.
    await sleep(1_000);
    const after = await metrics(plant.port);
    return {
      ...(typeof result === 'object' ? result : {}),
      ages: summary(during.map(([, age]) => age)),
      serverCpu: round(cpu),
      peakMiB: round(peakMiB),
      published: sent,
      lost: sent - (after.gemba_messages_total - before.gemba_messages_total) + after.gemba_dropped_readings_total - before.gemba_dropped_readings_total,
      wholeAgain: seen.wholeAgain,
    };
  } finally {
    await stage.publisher.terminate();
  }
}
