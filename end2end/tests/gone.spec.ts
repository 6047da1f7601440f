// What is gone is said in words, within two seconds, and taken back when it returns.

import { expect, freshness, openLive, place, test } from '../lib/test';

const LOST_MILLIS = 2_500;
/** One source, or as many as an earlier test left. */
const UNCONNECTED = /no connection|without connection/;
// The library of charts may be on its way when the server goes.
const RECONNECTS = /WebSocket connection to|net::ERR_|Failed to load resource|Failed to fetch|chart: JsValue\(Event\)/;

test('the server is gone and comes back', async ({ page, plant, may }) => {
  may(RECONNECTS);
  await plant.broker.publish('gone/server/flow', '1.5');
  const path = await place(plant.gemba, '/h/gone/server');
  await openLive(page, path);

  await plant.gemba.kill();
  await expect(freshness(page)).toContainText('Connection lost', { timeout: LOST_MILLIS });
  await expect(freshness(page)).toContainText('last known values');
  await expect(page.locator('[data-point][data-q="offline"]').first()).toBeVisible();

  await plant.gemba.run();
  await expect(freshness(page)).toContainText(/^(Live|Back live|Partly live)/);
  await plant.broker.publish('gone/server/flow', '2.5');
  await expect(page.locator('[data-point] .g-value__n', { hasText: '2.5' }).first()).toBeVisible();
});

test('what may have changed while the server was away is not live until it speaks', async ({ page, plant, may }) => {
  may(RECONNECTS);
  await plant.broker.publish('gone/valve/state', 'Open', { qos: 0 });
  const path = await place(plant.gemba, '/h/gone/valve');
  await openLive(page, path);
  await expect(page.locator('[data-point][data-q="live"]').first()).toBeVisible();

  await plant.gemba.kill();
  await expect(freshness(page)).toContainText('Connection lost', { timeout: LOST_MILLIS });
  await plant.gemba.run();
  await expect(page.locator('[data-point][data-q="stale"]').first()).toBeVisible();
  await expect(page.getByText(/^Unconfirmed \d/).first()).toBeVisible();

  await plant.broker.publish('gone/valve/state', 'Closed', { qos: 0 });
  await expect(page.locator('[data-point][data-q="live"]', { hasText: 'Closed' }).first()).toBeVisible();
});

test('the broker is gone and comes back', async ({ page, plant }) => {
  await plant.broker.publish('gone/broker/flow', '1.5');
  const path = await place(plant.gemba, '/h/gone/broker');
  await openLive(page, path);

  await plant.broker.kill();
  await expect(freshness(page)).toContainText(UNCONNECTED, { timeout: LOST_MILLIS });
  await expect(page.locator('[data-point][data-q="offline"]').first()).toBeVisible({ timeout: LOST_MILLIS });

  await plant.broker.run();
  await expect(freshness(page)).not.toContainText(UNCONNECTED);
  await expect(async () => {
    await plant.broker.publish('gone/broker/flow', '2.5');
    await expect(page.locator('[data-point] .g-value__n', { hasText: '2.5' }).first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
});

test('a device that says good-bye takes its values along', async ({ page, plant }) => {
  await plant.broker.publish('gone/tele/press/SENSOR', { Time: new Date().toISOString(), Force: 9.5 });
  await plant.broker.publish('gone/tele/press/LWT', 'Online');
  const path = await place(plant.gemba, '/h/gone/tele/press');
  await openLive(page, path);
  await plant.broker.publish('gone/tele/press/LWT', 'Offline');
  const where = page.locator('[data-point][data-q="offline"]').or(page.getByRole('main').getByText(/offline/i));
  await expect(where.first()).toBeVisible();
});
