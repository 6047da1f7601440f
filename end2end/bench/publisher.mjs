// A thread that publishes sequence number k = 1, 2, … to tag k mod n, and notes when.
//
// `sent[k]` (milliseconds of the monotonic clock, taken just before the publish) is shared memory:
// whoever sees k on a page knows how old it is.

import mqtt from 'mqtt';
import { parentPort, workerData } from 'node:worker_threads';
import { now } from './numbers.mjs';

const { port, topics, payload, shared, control } = workerData;
const sent = new Float64Array(shared);
const state = new Int32Array(control);
const [SEQUENCE, CONNECTED] = [0, 1];
// An adapter's payload is an expression over the number, the tag and the time.
const write = payload ? new Function('seq', 'i', 'ms', `return ${payload}`) : (seq) => String(seq);

const client = mqtt.connect({
  host: '127.0.0.1',
  port,
  protocolVersion: 4,
  reconnectPeriod: 50,
  connectTimeout: 2_000,
  queueQoSZero: false,
  clientId: `bench-${process.pid}-${Math.random().toString(36).slice(2, 8)}`,
});
client.on('connect', () => {
  client.stream?.setNoDelay?.(true);
  Atomics.store(state, CONNECTED, 1);
});
client.on('close', () => Atomics.store(state, CONNECTED, 0));
client.on('error', () => undefined);

let [sequence, timer, rate, scanned, from, base, end] = [0, undefined, 0, false, 0, 0, 0];

function publish() {
  if (sequence >= sent.length - 1) return;
  sequence += 1;
  const tag = sequence % topics.length;
  sent[sequence] = now();
  client.publish(topics[tag], write(sequence, tag, Date.now()), { qos: 0 });
  Atomics.store(state, SEQUENCE, sequence);
}

function tick() {
  const time = now();
  if (time >= end) {
    clearInterval(timer);
    return;
  }
  const step = scanned ? topics.length : 1;
  let due = Math.floor(((time - from) / 1000) * (rate / step)) * step - (sequence - base);
  // While the broker is away, or this thread was, nothing is made up for.
  if (!client.connected || due > rate) {
    [from, base] = [time, sequence];
    return;
  }
  while (due-- > 0) publish();
}

parentPort.on('message', (order) => {
  clearInterval(timer);
  if (order.stop) return;
  [rate, scanned, from, base] = [order.rate, order.scanned, now(), sequence];
  end = from + order.seconds * 1000;
  timer = setInterval(tick, rate > 500 ? 1 : 2);
});
