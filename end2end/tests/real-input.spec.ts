// A broker Gemba has never seen, data this project did not make, no configuration.

import { execFileSync } from 'node:child_process';
import { batadal, skab } from '../lib/real';
import { expect, openLive, place, test, type Page } from '../lib/test';

/** The value a page shows for a tag. Names are made readable on the way, so only letters and digits count. */
function shown(page: Page, name: string): Promise<string> {
  return page.locator('main').evaluate((main, name) => {
    const plain = (text: string | null | undefined) => (text ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
    for (const value of main.querySelectorAll('[data-point]')) {
      let row: Element | null = value;
      while (row && row !== main && plain(row.textContent) === plain(value.textContent)) row = row.parentElement;
      if (plain(row?.textContent).startsWith(plain(name))) return value.querySelector('.g-value__n')?.textContent ?? '';
    }
    return '';
  }, name);
}

const near = (text: string, value: number) => {
  const read = Number(text.replace(/[\s\u202f,]/g, '').replace('−', '-'));
  return text !== '' && Math.abs(read - value) <= Math.max(0.051, Math.abs(value) * 0.02);
};

test('a pump test bed, stamped now: every value is live and right', async ({ page, plant }) => {
  const rows = skab(5);
  test.skip(!rows, 'no evaluation data beside the repository');
  // One object a second, the whole topic an asset (shape: flat object with its own time).
  for (const row of rows ?? []) {
    await plant.broker.publish('testbed/pump-loop', { timestamp: new Date().toISOString(), ...Object.fromEntries(row.values) });
  }
  const path = await place(plant.gemba, '/h/testbed/pump-loop');
  await openLive(page, path);
  const last = rows?.at(-1);
  for (const [name, value] of last?.values ?? []) {
    if (name === 'anomaly' || name === 'changepoint') continue;
    await expect.poll(async () => near(await shown(page, name), value), { message: `${name} = ${value}` }).toBe(true);
  }
  await expect(page.locator('main [data-point]:not([data-q="live"])')).toHaveCount(0);
});

test('a pump test bed with its original times: every value reads as old', async ({ page, plant }) => {
  const rows = skab(5);
  test.skip(!rows, 'no evaluation data beside the repository');
  for (const row of rows ?? []) {
    await plant.broker.publish('testbed/pump-loop-2020', { timestamp: row.time, ...Object.fromEntries(row.values) });
  }
  const path = await place(plant.gemba, '/h/testbed/pump-loop-2020');
  await openLive(page, path);
  await expect(page.locator('main [data-point]').first()).toBeVisible();
  await expect(page.locator('main [data-point]:not([data-q="stale"])')).toHaveCount(0);
});

test('a water network by mosquitto_pub, one tag a topic', async ({ page, plant }) => {
  const row = batadal(1)?.[0];
  test.skip(!row, 'no evaluation data beside the repository');
  const tags = [...(row?.values ?? [])].filter(([name]) => name.startsWith('L_') || name.startsWith('P_J')).slice(0, 12);
  for (const [name, value] of tags) {
    const now = JSON.stringify({ timestamp_ms: Date.now(), value });
    for (const [site, payload] of [['now', now], ['then', JSON.stringify({ timestamp_ms: row?.time, value })]] as const) {
      execFileSync('mosquitto_pub', ['-h', '127.0.0.1', '-p', `${plant.broker.port}`, '-q', '1', '-t', `ctown/${site}/network/${name}`, '-m', payload]);
    }
  }
  await openLive(page, await place(plant.gemba, '/h/ctown/now/network'));
  for (const [name, value] of tags) {
    await expect.poll(async () => near(await shown(page, name), value), { message: `${name} = ${value}` }).toBe(true);
  }
  await openLive(page, await place(plant.gemba, '/h/ctown/then/network'));
  await expect(page.locator('main [data-point]').first()).toBeVisible();
  await expect(page.locator('main [data-point]:not([data-q="stale"])')).toHaveCount(0);
});
