// kill -9 of the broker or the server, two seconds of nothing, and back: does the page say so, and how
// long until everything is live again? The page is not reloaded.

import { now, round, sleep, until } from './numbers.mjs';
import { stop } from './processes.mjs';

const DOWN_MILLIS = 2_000;
/** Every second or so a page may well say something else; what it says of the loss is a new line. */
const LOOK_MILLIS = 50;

/** `what` is `broker` or `server`. */
export async function recovery(stage, what, { rate, limitMillis = 30_000 }) {
  await stage.open();
  stage.publish(rate, 120);
  await stage.located();
  await sleep(3_000);
  await stage.calibrate();
  const before = new Set(await lines(stage.page));
  const killed = now();
  if (what === 'broker') await stage.broker.stop('SIGKILL');
  else await stop(stage.server, 'SIGKILL');
  const told = await until(() => news(stage.page, before, killed), DOWN_MILLIS, LOOK_MILLIS);
  await sleep(Math.max(0, killed + DOWN_MILLIS - now()));
  const restarted = now();
  if (what === 'broker') await stage.broker.start();
  else await stage.startServer();
  const ready = what === 'broker' ? now() : stage.listening;
  const live = await until(() => allLive(stage, ready), limitMillis, 100);
  stage.quiet();
  const times = [...(live ?? (await stage.liveAfter(ready))).values()];
  return {
    told: round(told?.millis ?? null),
    words: told?.words ?? null,
    port: round(ready - restarted),
    firstLive: times.length > 0 ? round(Math.min(...times) - restarted) : null,
    allLive: live ? round(Math.max(...times) - restarted) : null,
    tags: times.length,
  };
}

async function allLive(stage, time) {
  const live = await stage.liveAfter(time).catch(() => new Map());
  return live.size >= stage.tags ? live : undefined;
}

/** The page's lines without their numbers. */
function lines(page) {
  const read = () => document.body.innerText.replace(/[\d.,-]+/g, '#').split('\n');
  return page.evaluate(read).then(
    (found) => found.map((line) => line.trim()).filter((line) => line !== '' && line !== '#'),
    () => [],
  );
}

async function news(page, before, since) {
  const words = (await lines(page)).filter((line) => !before.has(line));
  return words.length > 0 ? { millis: now() - since, words: words.slice(0, 3).join(' / ') } : undefined;
}
