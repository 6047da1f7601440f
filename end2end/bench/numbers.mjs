// Time, percentiles and rounding.

export const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** Milliseconds of the monotonic clock, the same in every thread of this machine. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Two decimals; nothing stays nothing. */
export const round = (number) => (number == null || Number.isNaN(number) ? null : Math.round(number * 100) / 100);

/** The value below which `percent` of the sorted numbers lie. */
export function percentile(sorted, percent) {
  if (sorted.length === 0) return null;
  return sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))];
}

/** What is said of a list of latencies. */
export function summary(numbers) {
  const sorted = Float64Array.from(numbers).sort();
  const at = (percent) => round(percentile(sorted, percent));
  return { n: sorted.length, p50: at(50), p95: at(95), p99: at(99), max: round(sorted.at(-1)) };
}

/** The middle one; of two the lower. */
export function median(numbers) {
  const sorted = numbers.filter((number) => Number.isFinite(number)).sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[(sorted.length - 1) >> 1];
}

/** Repeats of the same measurement as one: each number the median, what differs otherwise the last. */
export function middle(runs) {
  const last = runs.at(-1) ?? {};
  if (typeof last === 'number') return median(runs);
  if (last === null || typeof last !== 'object' || Array.isArray(last)) return last;
  return Object.fromEntries(Object.keys(last).map((key) => [key, middle(runs.map((run) => run?.[key]))]));
}

/** Waits until `check` says yes, and gives its answer; undefined when it never does. */
export async function until(check, limitMillis, stepMillis = 20) {
  const end = now() + limitMillis;
  for (;;) {
    const answer = await check();
    if (answer) return answer;
    if (now() > end) return undefined;
    await sleep(stepMillis);
  }
}
