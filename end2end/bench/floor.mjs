// The floor: the least that a server and a page can do (`xtask/examples/floor.rs`). Nothing of ours in it.

import { launch } from './processes.mjs';

/** `window` is how long it collects before it sends, in milliseconds; 0 sends at once. */
export default ({ programs, window = 0 }) => ({
  name: window === 0 ? 'floor' : `floor, ${window} ms window`,
  port: 18882,
  start: (c) => launch(`${programs}/floor`, [c.port, c.brokerPort, c.n, window].map(String), { log: `${c.dir}/floor.log` }),
  url: (c) => `http://127.0.0.1:${c.port}/`,
  read: `{
    cells: (n) => Array.from({ length: n }, (_, tag) => document.getElementById('t' + tag)),
    value: (cell) => Number(cell.textContent),
  }`,
});
