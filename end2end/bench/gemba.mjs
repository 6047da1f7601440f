// Gemba as it comes: an empty data folder, no configuration, a broker it has never seen.
//
// The topics `bench/t0` … make one asset by themselves; its page shows up to 500 points at once.

import mqtt from 'mqtt';
import { rmSync } from 'node:fs';
import { until } from './numbers.mjs';
import { launch } from './processes.mjs';

/** `gemba` is the binary, `site` the built web files. `assets`: spread the tags over so many assets. */
export default ({ gemba, site, assets = 1 }) => {
  const place = (asset) => (assets === 1 ? 'bench' : `bench/a${asset}`);
  let page;
  return {
    name: 'gemba',
    port: 18890,
    // The page shows the first asset: neighbouring tags belong together.
    topic(tag) {
      return `${place(Math.floor(tag / this.perAsset))}/t${tag}`;
    },
    perAsset: Infinity,

    prepare(c) {
      page = undefined;
      this.perAsset = c.published / assets;
      rmSync(`${c.dir}/data`, { recursive: true, force: true });
    },

    start(c) {
      const args = ['serve', '--data', `${c.dir}/data`, '--listen', `127.0.0.1:${c.port}`, '--mqtt', `mqtt://127.0.0.1:${c.brokerPort}`];
      if (site) args.push('--site', site);
      return launch(gemba, args, { cwd: c.dir, log: `${c.dir}/gemba.log`, env: { RUST_LOG: 'warn', NO_COLOR: '1', GEMBA__ACCESS__ANONYMOUS: 'owner' } });
    },

    /** A page can only be of what was heard of: each topic speaks once, then we ask where the asset is. */
    async ready(c) {
      if (page) return;
      const figure = async (name) => (await metrics(c.port))[name];
      await until(async () => (await figure('gemba_sources_connected')) === 1, 10_000);
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${c.brokerPort}`);
      for (let tag = 0; tag < c.published; tag++) await client.publishAsync(c.topic(tag), '0', { qos: 1 });
      await client.endAsync();
      const address = `http://127.0.0.1:${c.port}`;
      const asset = async () => {
        const answer = await fetch(`${address}/h/${place(0)}`, { redirect: 'manual', headers: { accept: 'text/html' } }).catch(() => undefined);
        return answer?.headers.get('location');
      };
      const known = await until(async () => (await figure('gemba_points')) >= c.published && (await asset()), 30_000, 50);
      if (!known) throw new Error(`there is no page for ${place(0)}: ${await figure('gemba_points')} points known`);
      page = new URL(known, address).href;
    },

    url: () => page,

    read: `{
      cells: (n) => {
        const cells = new Array(n);
        for (const row of document.querySelectorAll('.g-live')) {
          const tag = /^t(\\d+)$/i.exec(row.querySelector('a')?.textContent.trim() ?? '');
          if (tag) cells[Number(tag[1])] = row.querySelector('.g-value__n');
        }
        return cells;
      },
      value: (cell) => Number(cell.textContent.split('.')[0].replace(/\\D/g, '')),
    }`,
  };
};

/** Its own figures, by name. */
export async function metrics(port) {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text(), () => '');
  const figures = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(figures.map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]));
}
