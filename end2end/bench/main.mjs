// `node main.mjs --gemba BINARY --programs DIR --out FILE [--site DIR] [--rows a,b] [--quick] [--peers DIR]`
//
// What `cargo xtask bench` starts. The floor comes first and last: when it moved, the machine did, and the
// run says nothing. Results are written after each row, so that what was measured is not lost.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { now, round } from './numbers.mjs';
import { ROWS, floors, peers } from './rows.mjs';

/** Whatever happens, it ends. */
const LONGEST_MINUTES = 45;

const { values: args } = parseArgs({
  options: {
    gemba: { type: 'string' },
    programs: { type: 'string' },
    out: { type: 'string' },
    site: { type: 'string' },
    rows: { type: 'string' },
    quick: { type: 'boolean', default: false },
    // To try a row: its numbers say nothing then.
    'without-floor': { type: 'boolean', default: false },
    peers: { type: 'string' },
    'peer-names': { type: 'string', default: 'nodered,nicegui' },
  },
});

setTimeout(() => {
  say(`not done after ${LONGEST_MINUTES} minutes: given up`);
  process.exit(3);
}, LONGEST_MINUTES * 60_000).unref();

const begun = now();
const dir = mkdtempSync(join(tmpdir(), 'gemba-bench-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

const env = {
  gemba: resolve(args.gemba),
  site: args.site && resolve(args.site),
  programs: resolve(args.programs),
  peers: args.peers && resolve(args.peers),
  peerNames: args['peer-names'].split(','),
  dir,
  quick: args.quick,
  repeats: args.quick ? 1 : 3,
  seconds: args.quick ? 4 : 7,
  messages: args.quick ? 50_000 : 200_000,
  minutes: () => (now() - begun) / 60_000,
  say,
};

function say(words) {
  console.log(`  ${String(Math.round((now() - begun) / 1000)).padStart(4)} s  ${words}`);
}

const chosen = Object.keys(ROWS).filter((row) => !args.rows || args.rows.split(',').includes(row));
const results = {
  at: new Date().toISOString(),
  quick: args.quick,
  machine: { processor: cpus()[0]?.model ?? '', cores: cpus().length, memoryGiB: round(totalmem() / 2 ** 30), loadBefore: loadavg()[0], node: process.version },
  rows: {},
};
const out = resolve(args.out);
mkdirSync(dirname(out), { recursive: true });

async function measure(name, work) {
  say(`── ${name}`);
  try {
    results.rows[name] = await work(env);
  } catch (error) {
    say(`${name} failed: ${error.stack ?? error}`);
    results.rows[name] = { error: String(error.message ?? error) };
  }
  results.seconds = round((now() - begun) / 1000);
  writeFileSync(out, JSON.stringify(results, null, 1));
}

if (!args['without-floor']) await measure('floor first', floors);
for (const row of chosen) await measure(row, ROWS[row]);
if (!args['without-floor']) await measure('floor last', floors);
// They have the floor among them.
if (args.peers) await measure('peers', peers);
process.exit(Object.values(results.rows).some((row) => row.error) ? 1 : 0);
