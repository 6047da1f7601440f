// From an empty install, its first owner's link included, to a named, typed plant on a broker nobody described:
// in the browser alone, no file edited. Actions are counted: a page opened, a field filled, a button or link pressed.

import mqtt from 'mqtt';
import { Broker } from '../lib/broker';
import { Gemba } from '../lib/gemba';
import { test, expect, type Page } from '@playwright/test';
import { listen } from '../lib/test';

const MOST_ACTIONS = 20;
const MOST_MINUTES = 10;

/** Kinds of equipment, how many a line has, and what each tells. */
const KINDS: [kind: string, count: number, tags: string[]][] = [
  ['pump', 4, ['flow_m3h', 'discharge_pressure_bar', 'motor_current_A', 'running_hours', 'state']],
  ['tank', 3, ['level_pct', 'temperature_degC', 'state']],
  ['conveyor', 4, ['belt_speed', 'motor_current_A', 'good_count', 'state']],
  ['chiller', 2, ['supply_temperature_degC', 'return_temperature_degC', 'power_kW', 'state']],
  ['valve', 7, ['position_pct', 'state']],
];
const SITES = ['lyon', 'ghent'];
const LINES = [1, 2, 3, 4, 5];

/** 200 pieces of equipment that speak once a second. */
class Plant {
  private second = 0;
  private readonly timer: NodeJS.Timeout;

  private constructor(private readonly client: mqtt.MqttClient) {
    this.timer = setInterval(() => this.speak(), 1_000);
    this.speak();
  }

  static async start(url: string): Promise<Plant> {
    return new Plant(await mqtt.connectAsync(url));
  }

  private speak(): void {
    this.second += 1;
    for (const site of SITES)
      for (const line of LINES)
        for (const [kind, count, tags] of KINDS)
          for (let number = 1; number <= count; number++)
            for (const tag of tags) {
              const topic = `acme/${site}/line_${line}/${kind}_${String(number).padStart(2, '0')}/${tag}`;
              this.client.publish(topic, this.value(tag, number), { qos: 0 });
            }
  }

  private value(tag: string, number: number): string {
    if (tag === 'state') return (Math.floor(this.second / 4) + number) % 3 ? 'Running' : 'Stopped';
    if (tag.endsWith('count')) return String(1_000 * number + this.second);
    if (tag.endsWith('hours')) return (4_000 + number + this.second / 3_600).toFixed(4);
    return (20 + number + Math.sin(this.second / 3 + number)).toFixed(2);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.client.endAsync(true);
  }
}

/** A person at the page, whose actions are counted. */
class Person {
  readonly actions: string[] = [];

  constructor(private readonly page: Page) {}

  private async act(what: string, how: () => Promise<unknown>): Promise<void> {
    this.actions.push(what);
    await how();
  }

  open = (url: string) => this.act(`open ${url}`, () => this.page.goto(url));
  press = (name: string | RegExp, role: 'button' | 'link' = 'button') =>
    this.act(`press ${name}`, () => this.page.getByRole('main').getByRole(role, { name }).first().click());
  fill = (label: string, text: string) => this.act(`fill ${label}`, () => this.page.getByLabel(label).fill(text));
  choose = (label: string, value: string) =>
    this.act(`choose ${label}`, () => this.page.getByLabel(label).selectOption(value));
}

test('an unknown broker becomes a named, typed plant in the browser alone', async ({ page }) => {
  test.setTimeout(180_000);
  const heard: string[] = [];
  listen(page, heard);
  page.on('pageerror', () => heard.push(`at ${page.url()}`));
  const broker = await Broker.start();
  const gemba = await Gemba.asItComes();
  const plant = await Plant.start(broker.url);
  try {
    // Nobody has an account: the link that the first start printed makes the owner.
    const link = await gemba.ownersLink();
    const started = Date.now();
    const person = new Person(page);
    await person.open(link);
    await person.fill('Name', 'Ada');
    await person.fill('Password', 'correct horse battery');
    await person.press('Choose and sign in');
    await expect(page.locator('.g-fresh .g-dot:not(.g-dot--hollow)')).toBeVisible();
    await person.press('Open sources', 'link');
    await person.fill('Address', broker.url);
    await person.press('Test');
    await person.press('Use it');
    await person.press('Learn the model', 'link');
    // The page says by itself when there is something to listen to.
    await expect(page.getByLabel('Listen for')).toBeVisible({ timeout: 30_000 });
    await person.choose('Listen for', '10');
    await person.press('Listen');
    await expect(page.getByRole('heading', { name: 'Types' })).toBeVisible({ timeout: 40_000 });
    await expect(page.locator('.g-learn__types')).toContainText('Conveyor');

    // A type gets a name of its own, and its assets are accepted; then all the rest.
    await person.press(/^Pump/, 'link');
    await expect(page.locator('.g-learn__of')).toBeVisible();
    await page.locator('.g-learn__of').getByLabel('Name').fill('Transfer pump');
    person.actions.push('fill Name');
    await person.press('Rename');
    await expect(page.locator('.g-learn__types')).toContainText('Transfer pump');
    await person.choose('Accept all that are', '50');
    await page.locator('#accept-above').click();
    person.actions.push('press Accept');
    await expect(page.locator('.g-learn__nums')).toContainText('213 / 213');
    await person.press('Review and apply', 'link');
    await expect(page.getByRole('main')).toContainText('670 tags become version 1');
    await person.press('Apply to the model');
    await expect(page.getByRole('status').filter({ hasText: 'Version 1' })).toBeVisible({ timeout: 30_000 });
    await person.press('Open assets', 'link');

    const minutes = (Date.now() - started) / 60_000;
    console.log(`${person.actions.length} actions, ${(minutes * 60).toFixed(1)} s`);
    expect(person.actions.length, person.actions.join('\n')).toBeLessThanOrEqual(MOST_ACTIONS);
    expect(minutes).toBeLessThanOrEqual(MOST_MINUTES);

    // Named, typed, alive.
    const found = await (await page.request.get(`${gemba.url}/search?q=${encodeURIComponent('pump 3')}`)).text();
    const path = /href="([^"]*\/assets\/\d+)"/.exec(found)?.[1];
    expect(path, 'the pump is found by its name').toBeTruthy();
    await page.goto(`${gemba.url}${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pump 3');
    await expect(page.getByRole('main')).toContainText('Transfer pump');
    await expect(page.getByRole('main')).toContainText('Discharge pressure');
    const values = page.locator('main [data-point][data-q="live"]');
    await expect.poll(() => values.count()).toBeGreaterThanOrEqual(5);
    const flow = page.locator('.g-live', { hasText: 'Flow' }).locator('.g-value__n').first();
    const before = await flow.textContent();
    await expect(flow).not.toHaveText(before ?? '', { timeout: 5_000 });

    // The overview does not ask for a model any more.
    await page.goto(`${gemba.url}/overview`);
    await expect(page.getByRole('link', { name: 'Learn the model' })).toHaveCount(0);
    expect(heard, 'the browser complained').toEqual([]);
  } finally {
    await plant.stop();
    await gemba.end();
    await broker.stop();
  }
});

test('without script: forms post, edits undo, a reload keeps the session', async ({ browser }) => {
  test.setTimeout(120_000);
  const broker = await Broker.start();
  const gemba = await Gemba.serve(broker.url);
  const plant = await Plant.start(broker.url);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  try {
    const main = page.locator('main');
    await expect
      .poll(async () => {
        await page.goto(`${gemba.url}/sources/learn`);
        return main.textContent();
      }, { timeout: 30_000 })
      .toContain('670 tags known');
    await page.getByLabel('Listen for').selectOption('10');
    await page.getByRole('button', { name: 'Listen' }).click();
    await expect(main).toContainText('Listening');
    await expect
      .poll(async () => {
        await page.goto(`${gemba.url}/sources/learn`);
        return main.textContent();
      }, { timeout: 40_000 })
      .toContain('Valve');
    await page.locator('#accept-above').click();
    await expect(page.locator('.g-learn__nums')).toContainText('213 / 213');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.locator('.g-learn__nums')).toContainText('0 / 213');
    await page.getByRole('button', { name: 'Redo' }).click();
    await expect(page.locator('.g-learn__nums')).toContainText('213 / 213');
    await page.goto(`${gemba.url}/sources/learn`);
    await expect(page.locator('.g-learn__nums')).toContainText('213 / 213');
    // The plan in numbers, and what a pump is part of as the file says it.
    await page.goto(`${gemba.url}/sources/learn?tab=plan`);
    const numbers = page.locator('.g-learn__plan tbody tr');
    await expect(numbers.filter({ hasText: 'Assets' })).toContainText('213');
    await expect(numbers.filter({ hasText: 'Relations' })).toContainText('212');
    await expect(numbers.filter({ hasText: 'Bindings' })).toContainText('670');
    await page.goto(`${gemba.url}/sources/learn`);
    await page.locator('.g-learn__types a', { hasText: 'Pump' }).click();
    await page.locator('.g-learn__table tbody th a').nth(5).click();
    await expect(page.locator('.g-learn__detail')).toContainText('ghent');
    const place = page.getByLabel('Part of');
    await expect(place.locator('option:checked')).toHaveText(/^acme\/ghent\/line_\d$/);
    await expect(place.locator('option')).toContainText(['nothing', 'acme', 'acme/ghent', 'acme/ghent/line_1']);
    // A wrong name is refused, and says the way out.
    await page.locator('.g-learn__types a', { hasText: 'Tank' }).click();
    await page.locator('.g-learn__of').getByLabel('Name').fill('Valve');
    await page.locator('.g-learn__of').getByRole('button', { name: 'Rename' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Choose another, or merge' })).toBeVisible();
    // What is rejected is unmapped.
    await page.locator('.g-learn__of').getByRole('button', { name: 'Reject all' }).click();
    await page.getByRole('main').getByRole('link', { name: /Unmapped/ }).click();
    await expect(page.locator('.g-learn__table tbody tr')).toHaveCount(90);
  } finally {
    await context.close();
    await plant.stop();
    await gemba.end();
    await broker.stop();
  }
});

test('topics that speak once are proposed to be ignored, and are taken in again', async ({ browser, page }) => {
  test.setTimeout(180_000);
  const broker = await Broker.start();
  const gemba = await Gemba.serve(broker.url);
  const context = await browser.newContext({ javaScriptEnabled: false });
  try {
    await broker.publish('acme/lyon/pump1/flow', '1.5');
    await Promise.all([...Array(1_200).keys()].map((n) => broker.publish(`junk/${n}x/v`, '1')));
    await page.goto(`${gemba.url}/sources`);
    const row = page.locator('.g-oneshots');
    // A minute later, without a reload.
    await expect(row).toContainText('topics under junk spoke once. Ignore them?', { timeout: 90_000 });
    await row.getByRole('button', { name: 'Ignore' }).click();
    await expect(row).toContainText('They and new ones are ignored.');
    // They left the plant.
    await expect(page.locator('.g-fresh')).toContainText(/1 of 1 tag/);
    await broker.publish('junk/later/v', '1');
    await expect(row).toContainText('1 more was turned away.', { timeout: 10_000 });
    // Taken back, without script too.
    const plain = await context.newPage();
    await plain.goto(`${gemba.url}/sources`);
    await plain.locator('.g-oneshots').getByRole('button', { name: 'Take them in' }).click();
    await expect(plain.locator('.g-oneshots')).toContainText('New ones are taken in.');
    // Two roots: neither of them is the plant.
    await page.goto(`${gemba.url}/h`);
    await expect(page.locator('.g-children tbody th')).toContainText(['acme', 'junk'], { ignoreCase: true });
    await page.locator('.g-children tbody th').getByRole('link', { name: /acme/i }).click();
    await expect(page).toHaveURL(/\/h\/acme/);
  } finally {
    await context.close();
    await gemba.end();
    await broker.stop();
  }
});
