// The promise: what is published is on the page, in place, with its unit, quality and age.

import { expect, openLive, place, test } from '../lib/test';

test('a value that is published is in the HTML, then changes in place', async ({ page, plant }) => {
  await plant.broker.publish('acme/lyon/pump-1/flow', '12.5');
  await plant.broker.publish('acme/lyon/pump-1/pressure', { value: 4.2, unit: 'bar', timestamp: new Date().toISOString() });
  const path = await place(plant.gemba, '/h/acme/lyon/pump-1');

  const html = await (await page.request.get(path, { headers: { accept: 'text/html' } })).text();
  expect(html).toContain('12.5');
  expect(html).toContain('4.2');

  await openLive(page, path);
  const flow = page.locator('[data-point]', { hasText: '12.5' }).first();
  const point = await flow.getAttribute('data-point');
  const value = page.locator(`[data-point="${point}"] .g-value__n`).first();
  // The very same element, not a new one in its place.
  await value.evaluate((element) => element.setAttribute('data-same', ''));
  for (const next of ['13.5', '-7.5', '100.5']) {
    await plant.broker.publish('acme/lyon/pump-1/flow', next);
    await expect(value).toContainText(next.replace('-', '').slice(0, 4));
  }
  await expect(value).toHaveAttribute('data-same', '');
});

test('topics nobody knew join the open page by themselves', async ({ page, plant }) => {
  await plant.broker.publish('acme/lyon/pump-1/flow', '12.5');
  const path = await place(plant.gemba, '/h/acme/lyon');
  await openLive(page, path);
  for (const name of ['newcomer', 'latecomer']) {
    await plant.broker.publish(`acme/lyon/${name}/speed`, '1480');
    await expect(page.getByRole('main').getByText(name).first()).toBeVisible();
  }
});

test('hostile topics and payloads are shown as text', async ({ page, plant }) => {
  const script = '<img src=x onerror="document.title=1">';
  await plant.broker.publish('hostile/<b>bold/state', script);
  await plant.broker.publish('hostile/"quoted"\'/state', '{"a":"</script><script>alert(1)</script>"}');
  await place(plant.gemba, '/h/hostile');
  page.on('dialog', () => expect('a dialog opened').toBe(''));
  await openLive(page, '/h/hostile');
  await expect(page.getByRole('main').getByText('<b>bold').first()).toBeVisible();
  expect(await page.locator('main b', { hasText: 'bold' }).count()).toBe(0);
  expect(await page.title()).not.toBe('1');
});

test('a bad value shows no number', async ({ page, plant }) => {
  await plant.broker.publish('acme/lyon/pump-2/level', { value: 77.7, quality: 'BAD' });
  const path = await place(plant.gemba, '/h/acme/lyon/pump-2');
  await openLive(page, path);
  await expect(page.locator('[data-q="bad"]').first()).toBeVisible();
  await expect(page.locator('main')).not.toContainText('77.7');
});

test('what cannot be decoded is counted on the Sources page', async ({ page, plant }) => {
  await plant.broker.publish('acme/broken', '{"a":');
  await plant.broker.publish('acme/broken', Buffer.from([0xff, 0xfe, 0x00]));
  await expect(async () => {
    await page.goto('/sources');
    await expect(page.locator('main')).toContainText('acme/broken', { timeout: 1_000 });
  }).toPass();
});
