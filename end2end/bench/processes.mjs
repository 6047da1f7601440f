// Programs that the bench starts, each in a process group of its own; what they cost; and their end.
//
// Only what was started here is ever signalled, by its own id, also when the bench is interrupted.

import { spawn } from 'node:child_process';
import { openSync, readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { now, sleep, until } from './numbers.mjs';

const running = new Set();

/** Starts a program; its words go to the file `log`. */
export function launch(command, args, { cwd, env, log } = {}) {
  const out = log ? openSync(log, 'a') : 'ignore';
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', out, out] });
  child.on('error', (error) => (child.failed = error));
  child.on('exit', () => running.delete(child));
  running.add(child);
  return child;
}

/** Starts a program that prints one JSON value and ends. */
export function report(command, args) {
  const env = { ...process.env, RUST_BACKTRACE: '0' };
  const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  let words = '';
  child.stdout.on('data', (chunk) => (words += chunk));
  child.done = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      running.delete(child);
      if (code === 0) resolve(JSON.parse(words));
      else reject(new Error(`${command} ${args.join(' ')}: ended with ${code}`));
    });
  });
  // Whoever waits gets the error; when nobody waits any more it must not end the bench.
  child.done.catch(() => undefined);
  return child;
}

const ended = (child) => !child || child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // It ended in between.
  }
}

/** Stops it in order, by force when it does not within five seconds. */
export async function stop(child, name = 'SIGTERM') {
  if (ended(child)) return;
  signal(child, name);
  if (await until(() => ended(child), 5_000, 5)) return;
  signal(child, 'SIGKILL');
  await until(() => ended(child), 1_000, 5);
}

process.on('exit', () => {
  for (const child of running) signal(child, 'SIGKILL');
});
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(130));

/** Whether somebody listens on a port of this machine, tried again until the limit. */
export async function listens(port, limitMillis, stepMillis = 10) {
  const once = () =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  return (await until(once, limitMillis, stepMillis)) ?? false;
}

/** Clock ticks of `/proc` a second. */
const TICKS = 100;
const PAGE_BYTES = 4096;

function stat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]), pages: Number(fields[21]) };
}

/** Processor seconds so far and resident MiB of a program and all below it. */
export function usage(pid) {
  const all = new Map();
  for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      all.set(Number(name), stat(name));
    } catch {
      // It ended while we looked.
    }
  }
  let [ticks, pages] = [0, 0];
  const waiting = [pid];
  while (waiting.length > 0) {
    const one = waiting.pop();
    ticks += all.get(one)?.ticks ?? 0;
    pages += all.get(one)?.pages ?? 0;
    for (const [child, { parent }] of all) if (parent === one) waiting.push(child);
  }
  return { cpu: ticks / TICKS, rssMiB: (pages * PAGE_BYTES) / 1048576, at: now() };
}

/** What a program cost while `work` ran: processor seconds, and its largest size. */
export async function cost(pid, work) {
  const before = usage(pid);
  let peak = before.rssMiB;
  let busy = true;
  const watch = (async () => {
    while (busy) {
      await sleep(250);
      peak = Math.max(peak, usage(pid).rssMiB);
    }
  })();
  const result = await work();
  const after = usage(pid);
  busy = false;
  await watch;
  return { result, cpu: after.cpu - before.cpu, seconds: (after.at - before.at) / 1000, peakMiB: Math.max(peak, after.rssMiB) };
}
