// A water network that this project did not make, from an unknown broker to a typed model: what is what is
// learned in the browser, which way the water goes is said by a file (`packs/examples/batadal/relations.toml`).

import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test, expect } from '@playwright/test';
import { Broker } from '../lib/broker';
import { Gemba } from '../lib/gemba';
import { scratch } from '../lib/process';
import { batadal, type Row } from '../lib/real';
import { listen, openLive } from '../lib/test';

const RELATIONS = resolve(import.meta.dirname, '../../packs/examples/batadal/relations.toml');
/** What the network has, as its paper says. */
const KINDS = [['Tank', 7], ['Pump', 11], ['Valve', 1], ['Junction', 12]] as const;

/** Plays the rows, one a second, each value a topic of its own. */
function play(broker: Broker, rows: Row[]): () => void {
  let at = 0;
  const speak = () => {
    const row = rows[at++ % rows.length];
    for (const [name, value] of row?.values ?? []) {
      if (name !== 'ATT_FLAG') void broker.publish(`ctown/${name}`, String(value), { qos: 0 }).catch(() => undefined);
    }
  };
  speak();
  const timer = setInterval(speak, 1_000);
  return () => clearInterval(timer);
}

test('a water network is learned in the browser, and its relations come by file', async ({ page }) => {
  const rows = batadal(200);
  test.skip(!rows, 'no evaluation data beside the repository');
  test.setTimeout(180_000);
  const heard: string[] = [];
  listen(page, heard);
  const broker = await Broker.start();
  const gemba = await Gemba.serve(broker.url);
  const files = scratch('model');
  const stop = play(broker, rows ?? []);
  try {
    await page.goto(`${gemba.url}/sources/learn`);
    const main = page.getByRole('main');
    await page.getByLabel('Listen for').selectOption('30', { timeout: 30_000 });
    await main.getByRole('button', { name: 'Listen' }).click();
    await expect(page.getByRole('heading', { name: 'Types' })).toBeVisible({ timeout: 60_000 });
    for (const [kind, count] of KINDS) {
      await expect(page.locator('.g-learn__types a', { hasText: new RegExp(`^${kind}\\b`) })).toContainText(`0 / ${count}`);
    }

    // Every topic is there, with its value and where it goes.
    await main.getByRole('link', { name: 'Topics', exact: true }).click();
    await main.getByRole('link', { name: 'ctown', exact: true }).click();
    await expect(main.locator('.g-topics')).toContainText('P_J280');
    await expect(main.locator('.g-topics__row', { hasText: 'L_T1' }).getByRole('link', { name: 'T1', exact: true })).toBeVisible();
    await expect(main).not.toContainText('no asset');

    await main.getByRole('link', { name: 'Assets', exact: true }).click();
    await page.getByLabel('Accept all that are').selectOption('0');
    await page.locator('#accept-above').click();
    await expect(page.locator('.g-learn__nums')).toContainText('32 / 32');
    await main.getByRole('link', { name: 'Review and apply' }).click();
    await main.getByRole('button', { name: 'Apply to the model' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Version 1' })).toBeVisible({ timeout: 30_000 });

    // The file goes beside what was learned.
    gemba.runs('model', 'export', files.dir);
    copyFileSync(RELATIONS, join(files.dir, 'relations.toml'));
    const applied = gemba.runs('model', 'apply', files.dir, '--yes', '--expect', '1', '--comment', 'Which way the water goes');
    expect(applied).toContain('Version 2 holds now.');

    // Which way the water goes, on the page of a pump that is alive.
    const html = await (await fetch(`${gemba.url}/search?q=PU1`)).text();
    const path = /href="([^"]*\/assets\/\d+)"/.exec(html)?.[1] ?? '';
    await openLive(page, `${gemba.url}${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pump 1');
    const relations = page.locator('.g-relations__list');
    for (const neighbour of ['feeds J269', 'fed by J280', 'backed up by Pump 2', 'backed up by Pump 3']) await expect(relations).toContainText(neighbour);
    await expect(page.locator('main [data-point][data-q="live"]').first()).toBeVisible();
    await relations.getByRole('link', { name: 'J269' }).first().click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('J269');
    await expect(page.locator('.g-relations__list')).toContainText('feeds T1');
    expect(heard, 'the browser complained').toEqual([]);
  } finally {
    stop();
    files.remove();
    await gemba.end();
    await broker.stop();
  }
});
