// What a model says, on pages: states in words, hierarchies and their counts, who sat here when, what never came.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '../lib/test';
import { type Broker } from '../lib/broker';
import { Gemba } from '../lib/gemba';
import { scratch, until } from '../lib/process';

const MODEL = `
[types.place]
[types.pump.properties]
flow = { kind = "measurement", unit = "m3/h", topic = "works/{asset}", field = "flow", limits = { high = 10 } }
power = { kind = "measurement", unit = "kW", topic = "works/{asset}", field = "power" }
load = { kind = "computed", formula = "power / flow" }
twice = { kind = "computed", formula = "flow * 2" }
temp = { kind = "measurement", name = "Temp" }
[types.pump.properties.state]
kind = "state"
name = "State"
topic = "works/{asset}"
field = "state"
states = [
  { name = "running", values = [3], counts_as = "running", words = { en = "running", de = "läuft" } },
  { name = "stopped", values = [0], counts_as = "stopped", words = { en = "stopped", de = "steht" } },
  { name = "blown_off", values = [7], counts_as = "failed" },
]
[bindings.temp]
filter = "raw/+asset/temp"
asset = "{asset}"
property = "temp"
value = "$"
scale = 0.01
offset = 10
[assets]
works = { type = "place", name = "Works" }
line = { type = "place", name = "Line", relations = { part_of = "works" } }
hall-1 = { type = "place", name = "Hall 1", relations = { located_in = "works" } }
hall-2 = { type = "place", name = "Hall 2", relations = { located_in = "works" } }
p-2 = { type = "pump", name = "Pump 2", relations = { part_of = "line", located_in = "hall-2" } }
p-3 = { type = "pump", name = "Pump 3", relations = { part_of = "line" } }
[assets.p-1]
type = "pump"
name = "Pump 1"
relations.part_of = "line"
[[assets.p-1.relations.located_in]]
to = "hall-2"
until = 2026-03-10T00:00:00Z
[[assets.p-1.relations.located_in]]
to = "hall-1"
from = 2026-03-10T00:00:00Z
`;

const model = scratch('model');
let gemba: Gemba;
const say = (broker: Broker, pump: number, flow: number, state: number) => broker.publish(`works/p-${pump}`, { flow, state });

test.beforeAll(async ({ plant }) => {
  writeFileSync(join(model.dir, 'plant.toml'), MODEL);
  gemba = await Gemba.serve(plant.broker.url, '--model', model.dir);
  await until('the pumps speak', async () => {
    await say(plant.broker, 1, 5, 3);
    await say(plant.broker, 2, 5, 0);
    return (await (await fetch(`${gemba.url}/api/fn/search?q=pump`)).text()).includes('Pump 2');
  });
});
test.afterAll(async () => {
  await gemba.end();
  model.remove();
});

const find = async (name: string): Promise<number> => {
  const answer = await fetch(`${gemba.url}/api/fn/search?q=${encodeURIComponent(name)}`);
  const hits = (await answer.json()) as { asset: { asset: number; name: string }; point: unknown }[];
  return hits.find((hit) => hit.asset.name === name && hit.point === null)?.asset.asset ?? 0;
};
const open = async (page: Page, path: string): Promise<void> => {
  await page.goto(gemba.url + path);
  await expect(page.locator('html')).toHaveAttribute('data-client', 'ready');
};

test('a state told by its source is shown by its word, in the reader’s language, live', async ({ page, plant }) => {
  const path = `/assets/${await find('Pump 1')}`;
  for (const [language, word] of [['en', 'Running'], ['de', 'Läuft'], ['fr', 'Running']] as const) {
    const html = await (await page.request.get(gemba.url + path, { headers: { accept: 'text/html', 'accept-language': language } })).text();
    expect(html.replace(/<script[\s\S]*?<\/script>/g, ''), language).toContain(`>${word}<`);
  }
  await open(page, path);
  const state = page.locator('.g-opstate').first();
  const value = page.locator('.g-live').filter({ hasText: 'State' }).locator('.g-value__n').first();
  for (const [code, word, kind] of [[0, 'Stopped', 'stopped'], [7, 'Blown off', 'stopped'], [3, 'Running', 'running']] as const) {
    await say(plant.broker, 1, 5, code);
    await expect(state).toContainText(word);
    await expect(state.locator('svg')).toHaveAttribute('data-op', kind);
    await expect(value).toHaveText(word);
  }
});

test('a state has its times: since when, what was before, how long and how often', async ({ page, plant }) => {
  await say(plant.broker, 2, 5, 0);
  await open(page, `/assets/${await find('Pump 2')}`);
  const times = page.getByRole('region', { name: 'State', exact: true });
  const row = (state: string) => times.locator('tbody tr', { hasText: state });
  const entries = async (state: string) => Number(await row(state).locator('td').last().textContent());
  await expect(row('Stopped')).toHaveCount(1);
  const starts = async () => Number(await times.locator('dt:text-is("Starts") + dd').textContent());
  const before = await starts();
  await say(plant.broker, 2, 5, 3);
  await expect(times).toContainText(/Running\s*since \d\d:\d\d:\d\d, before: Stopped/);
  await expect.poll(starts).toBe(before + 1);
  await expect(times).toContainText(/Run hours\s*\d+\.\d\sh/);
  await expect(times).toContainText('Counted since');
  const once = await entries('Running');
  await say(plant.broker, 2, 5, 0);
  await expect(times).toContainText('before: Running');
  await say(plant.broker, 2, 5, 3);
  await expect.poll(() => entries('Running')).toBe(once + 1);

  // The same in the reader's language, without script, where the number is explained.
  const link = await page.locator('.g-live', { hasText: 'State' }).locator('[data-point]').first().getAttribute('data-point');
  const answer = await page.request.get(`${gemba.url}/tags/${link}/explain`, { headers: { accept: 'text/html', 'accept-language': 'de' } });
  const html = (await answer.text()).replace(/<script[\s\S]*?<\/script>/g, '');
  expect(html).toMatch(/seit \d\d:\d\d:\d\d, vorher: Steht/);
  expect(html).toContain('Betriebsstunden');
});

test('the popover of a number says its inputs, what is missing and who says so', async ({ page, plant }) => {
  await say(plant.broker, 1, 5, 3);
  await open(page, `/assets/${await find('Pump 1')}`);
  const told = page.getByRole('dialog', { name: 'Where this number comes from' });
  const number = (name: string) => page.locator('.g-live', { hasText: name }).locator('button[data-point]').first();
  await number('Twice').click();
  await expect(told).toContainText('flow * 2');
  await expect(told).toContainText('Pump, version 1');
  await expect(told.locator('tbody tr', { hasText: 'Flow' })).toContainText(/5\.?0*\sm³\/h/);
  await expect(told.getByRole('columnheader').last()).toHaveText(/Age at \d\d:\d\d:\d\d/);
  // One without a value says what is missing.
  const load = await number('Load').getAttribute('data-point');
  const { brief } = (await (await fetch(`${gemba.url}/api/fn/tag?point=${load}`)).json()) as { brief: string };
  expect(brief).toMatch(/Missing inputs.*power: /);
  // What is measured says where, and has no inputs.
  await number('Flow').click();
  await expect(told).toContainText('works/p-1 · flow');
  await expect(told.locator('table')).toHaveCount(0);
});

test('another hierarchy has its own counts, and they follow', async ({ page, plant }) => {
  await say(plant.broker, 1, 5, 3);
  await open(page, '/h?by=location');
  const node = (name: string) => page.locator('a.g-node', { hasText: name });
  await expect(node('Hall 1')).toBeVisible();
  await expect(node('Line')).toHaveCount(0);
  const row = (name: string) => page.locator('.g-children tbody tr', { hasText: name });
  await expect(row('Hall 1').locator('.g-k-tags')).toContainText('2');
  await say(plant.broker, 1, 20, 3);
  const shape = (name: string) => node(name).locator('.g-node__s').first().locator('svg');
  await expect(shape('Hall 1')).toHaveCount(1, { timeout: 15_000 });
  await expect(shape('Hall 2')).toHaveCount(0);
  await expect(row('Hall 1').locator('.g-k-beyond')).toContainText('1', { timeout: 15_000 });
  await expect(row('Hall 2').locator('.g-k-beyond')).not.toContainText('1');
  await say(plant.broker, 1, 5, 3);
  await expect(row('Hall 1').locator('.g-k-beyond')).not.toContainText('1', { timeout: 15_000 });
});

test('who sat here on a day is asked on the page, with and without script', async ({ page, browser }) => {
  const hall = await find('Hall 2');
  await open(page, `/assets/${hall}`);
  const line = page.locator('.g-relations__list li', { hasText: 'Pump 1' });
  await expect(line).toContainText('not in force');
  await page.locator('input[name="on"]').fill('2026-03-05');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/on=2026-03-05/);
  await expect(line).not.toContainText('not in force');
  await expect(line).toContainText('until');
  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(`${gemba.url}/assets/${hall}?on=2026-03-20`);
  await expect(plain.locator('.g-relations__list li', { hasText: 'Pump 1' })).toContainText('not in force');
  await context.close();
});

test('an asset outside a hierarchy stays a page, says so, and leads back', async ({ page }) => {
  await open(page, '/h');
  await page.locator('a.g-node', { hasText: 'Line' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Line');
  const by = page.getByLabel('Hierarchy');
  await by.selectOption('location');
  await expect(page).toHaveURL(/\/h\/.*by=location/);
  const said = page.locator('.g-children');
  await expect(said).toContainText('Line is not part of Location.');
  await expect(by).toBeVisible();
  await said.getByRole('link', { name: 'Show it in Process' }).click();
  await expect(page).not.toHaveURL(/by=/);
  await expect(page.locator('.g-children tbody tr', { hasText: 'Pump 1' })).toBeVisible();
});

test('a type that is not there is said, with those that are', async ({ page, may }) => {
  may(/status of 404/);
  for (const [path, status] of [['/compare?type=valve', 404], ['/compare?type=pump', 200], ['/compare', 200]] as const) {
    const answer = await page.request.get(gemba.url + path, { headers: { accept: 'text/html' } });
    expect(answer.status(), path).toBe(status);
  }
  await open(page, '/compare?type=valve');
  await expect(page.getByRole('alert')).toHaveText('No asset is of the type “valve”.');
  await page.getByRole('link', { name: 'Pump (3)' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Compare: Pump');
});

test('what never came is listed with where it is waited for', async ({ page, plant }) => {
  await open(page, `/assets/${await find('Pump 3')}`);
  const waiting = page.getByRole('region', { name: 'Waiting for a first value' });
  await expect(waiting.getByRole('row', { name: /Flow/ })).toContainText('works/p-3 · flow; nothing came yet');
  await open(page, `/assets/${await find('Pump 1')}`);
  const load = page.locator('.g-live', { hasText: 'Load' });
  await expect(load).toContainText('Inputs are missing.');
  await load.getByRole('link', { name: 'Inputs are missing.' }).click();
  await expect(page.getByRole('region', { name: 'Missing inputs' })).toContainText('Waits for works/p-1 · power; nothing came yet.');
  await plant.broker.publish('works/p-1', { power: 4, flow: 5 });
  await page.goBack();
  await expect(load.locator('.g-value__n')).toHaveText('0.8');
  await expect(waiting.getByRole('row', { name: /Power/ })).toHaveCount(0);
  await expect(waiting.getByRole('row', { name: /Temp/ })).toContainText('a mapping rule of the model');
});

test('a measured value is explained as it came', async ({ page, plant }) => {
  await plant.broker.publish('raw/p-1/temp', 2315);
  await until('it is there', async () => (await (await fetch(`${gemba.url}/api/fn/search?q=temp`)).json()).length > 0);
  const hits = (await (await fetch(`${gemba.url}/api/fn/search?q=temp`)).json()) as { point: [number, string] | null }[];
  await open(page, `/tags/${hits.find((hit) => hit.point)?.point?.[0]}/explain`);
  const how = page.getByRole('region', { name: 'How it comes about' });
  await expect(how).toContainText('As it came');
  await expect(how.locator('dd').first()).toHaveText('2315 × 0.01 + 10');
  await expect(how.locator('.g-value__n')).toHaveText('33.15');
  await expect(how).toContainText('Good');
  await expect(how).toContainText('Arrived');
});
