// A first visit: nothing in the cache, values already flowing.

import { round, sleep, until } from './numbers.mjs';

/** What the page still does after its cells are filled. */
const SETTLE_MILLIS = 3_000;

/** Bytes, first paint, first live value, all cells, blocking. */
export async function cold(stage, { rate, slow = false }) {
  stage.publish(rate, 60);
  // Until each tag was published at least once.
  await sleep(Math.min(4_000, (1000 * stage.published) / rate + 1_500));
  await stage.open({ network: true, slow });
  const filled = () => stage.page.evaluate(() => window.__b?.all ?? null).catch(() => null);
  await until(async () => (await filled()) !== null, 30_000, 50);
  await sleep(SETTLE_MILLIS);
  await until(async () => (await stage.liveAfter(stage.opened)).size >= stage.tags, 20_000, 500);
  const notes = await stage.notes();
  stage.quiet();
  const { first, all } = live(stage, notes);
  const end = all ?? notes.all ?? Infinity;
  let [blocking, longest] = [0, 0];
  for (let at = 0; at < notes.long.length; at += 2) {
    if (notes.long[at] >= end) continue;
    blocking += Math.max(0, notes.long[at + 1] - 50);
    longest = Math.max(longest, notes.long[at + 1]);
  }
  const { bytes, byType, requests, failed } = stage.traffic;
  return {
    firstPaint: round(notes.fcp),
    largestPaint: round(notes.lcp),
    shift: round(notes.shift),
    firstValue: round(notes.first),
    allValues: round(notes.all),
    firstLive: round(first),
    allLive: round(all),
    blocking: round(blocking),
    longestTask: round(longest),
    kB: round(bytes / 1000),
    kBByType: Object.fromEntries(Object.entries(byType).map(([type, bytes]) => [type, round(bytes / 1000)])),
    requests,
    failed,
  };
}

/** When the page first showed something published after it was asked for, and all of it. */
function live(stage, notes) {
  const seen = new Set();
  let [first, all] = [null, null];
  for (let at = 0; at < notes.dom.length; at += 3) {
    const [tag, number, time] = notes.dom.slice(at, at + 3);
    if (!(stage.sent[number] >= stage.opened)) continue;
    first ??= time;
    seen.add(tag);
    if (seen.size === stage.tags) all ??= time;
  }
  return { first, all };
}
