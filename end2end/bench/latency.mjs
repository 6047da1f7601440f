// Publish → DOM → painted, with what it costs; and the highest rate that is sustained.

import { now, round, sleep } from './numbers.mjs';
import { usage } from './processes.mjs';

/** What has not come this long after the window is missing. */
const LATEST_MILLIS = 2_600;

/** One window of `seconds` at `rate` a second, after `warm` seconds. */
export async function latency(stage, { rate, seconds = 8, warm = 2, network = false }) {
  await stage.open({ network });
  stage.publish(rate, warm + seconds + 1);
  await stage.located();
  await sleep(warm * 1000);
  const clock = await stage.calibrate();
  stage.publish(rate, seconds + 1);
  await stage.devtools.send('Performance.enable');
  await sleep(30);
  const before = await look(stage);
  await press(stage, before.at + seconds * 1000);
  const after = await look(stage);
  await sleep(LATEST_MILLIS);
  const notes = await stage.notes();
  const ages = stage.ages(notes, before.sequence, after.sequence);
  const [elapsed, messages] = [(after.at - before.at) / 1000, after.sequence - before.sequence];
  if (messages < 0.5 * rate * elapsed) throw new Error(`the publisher fell short: ${messages} of ${Math.round(rate * elapsed)}`);
  const during = (pairs) => spans(pairs, stage.offset).filter((span) => span.at >= before.at && span.at <= after.at);
  const long = during(notes.long).map((span) => span.millis);
  const share = (name) => round(((after.counters[name] - before.counters[name]) / elapsed) * 100);
  return {
    rate: round(messages / elapsed),
    clock,
    ...ages,
    shownPerSecond: round(ages.shown / elapsed),
    serverCpuPer100k: round(((after.server.cpu - before.server.cpu) / messages) * 1e5),
    serverCpuPercent: round(((after.server.cpu - before.server.cpu) / elapsed) * 100),
    brokerCpuPer100k: round(((after.broker.cpu - before.broker.cpu) / messages) * 1e5),
    rssMiB: round(after.server.rssMiB),
    mainThreadPercent: share('TaskDuration'),
    scriptPercent: share('ScriptDuration'),
    layoutPercent: share('LayoutDuration'),
    stylePercent: share('RecalcStyleDuration'),
    heapMiB: round(after.counters.JSHeapUsedSize / 1048576),
    longTasks: long.length,
    longestTask: round(Math.max(0, ...long)),
    slowestKey: round(Math.max(0, ...during(notes.events).map((span) => span.millis))),
    ...(network && {
      bytesPerUpdate: round((after.traffic.socketBytes - before.traffic.socketBytes) / ages.published),
      bytesPerShown: round((after.traffic.socketBytes - before.traffic.socketBytes) / ages.shown),
      framesPerSecond: round((after.traffic.frames - before.traffic.frames) / elapsed),
    }),
  };
}

async function look(stage) {
  const counters = await stage.counters();
  const { sequence } = stage;
  const [server, broker] = [usage(stage.server.pid), usage(stage.broker.child.pid)];
  return { at: now(), sequence, server, broker, counters, traffic: { ...stage.traffic } };
}

/** A key that means nothing, now and then: how long does the page take to hear it? */
async function press(stage, end) {
  while (now() < end) {
    await sleep(Math.min(1_500, Math.max(0, end - now())));
    if (now() < end) await stage.page.keyboard.press('F8').catch(() => undefined);
  }
}

function spans(pairs, offset) {
  const found = [];
  for (let at = 0; at < pairs.length; at += 2) found.push({ at: pairs[at] + offset, millis: pairs[at + 1] });
  return found;
}

/** Steps up until values go missing, come too late or pile up. */
export async function ladder(stage, { steps, latestMillis = 100, seconds = 4 }) {
  const done = [];
  for (const rate of steps) {
    const run = await latency(stage, { rate, seconds, warm: 1 });
    const passed = run.rate > 0.93 * rate && run.missing === 0 && run.dom.p95 <= latestMillis && !run.grows;
    done.push({ target: rate, passed, ...run });
    if (!passed) break;
  }
  return { sustained: done.findLast((step) => step.passed)?.rate ?? 0, steps: done };
}
