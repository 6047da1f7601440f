// `test` with a plant: Mosquitto and Gemba, once for each file, and a page that may not complain.
//
// A test fails on any console error or warning, any error thrown in the page, and any request to
// another origin. A test that breaks something on purpose says what may be said: `may(/WebSocket/)`.

import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { Broker } from './broker';
import { Gemba } from './gemba';
import { until } from './process';

export { expect, type Locator, type Page };

export interface Plant {
  broker: Broker;
  gemba: Gemba;
}

interface Fixtures {
  /** Allows console messages in this test. */
  may: (message: RegExp) => void;
  complaints: { allowed: RegExp[]; heard: string[] };
}

export const test = base.extend<Fixtures, { plant: Plant }>({
  plant: [
    async ({}, use) => {
      const broker = await Broker.start();
      const gemba = await Gemba.serve(broker.url);
      await use({ broker, gemba });
      await gemba.end();
      await broker.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  baseURL: async ({ plant }, use) => {
    await use(plant.gemba.url);
  },

  complaints: async ({}, use, info) => {
    const complaints = { allowed: [] as RegExp[], heard: [] as string[] };
    await use(complaints);
    const heard = complaints.heard.filter((words) => !complaints.allowed.some((allowed) => allowed.test(words)));
    if (heard.length > 0) await info.attach('complaints', { body: heard.join('\n') });
    expect(heard, 'the browser complained').toEqual([]);
  },

  may: async ({ complaints }, use) => {
    await use((message) => complaints.allowed.push(message));
  },

  page: async ({ page, complaints, plant }, use, info) => {
    listen(page, complaints.heard);
    await use(page);
    if (info.status !== info.expectedStatus) await info.attach('gemba', { body: plant.gemba.words });
  },
});

/** Keeps everything a page complains about. */
export function listen(page: Page, heard: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') heard.push(`${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => heard.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== new URL(page.url() === 'about:blank' ? request.url() : page.url()).origin) {
      heard.push(`request to another origin: ${request.url()}`);
    }
  });
}

/** The bar's first word while the socket lives, whatever it says of the plant. */
const CONNECTED = /^(Live|Back live|Partly live|Nothing live|Waiting for data|Sources? lost)/;

/** Opens a page and waits until its half of the program runs and the socket lives. */
export async function openLive(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(freshness(page)).toContainText(CONNECTED);
}

/** The bar that says how far the page may be believed. */
export function freshness(page: Page): Locator {
  return page.getByRole('region', { name: 'Data freshness' });
}

/** Waits until Gemba has made an asset of a topic, and says where it lives: `/h/a/b`. */
export async function place(gemba: Gemba, path: string): Promise<string> {
  await until(`there is a page for ${path}`, async () => (await gemba.status(path)) === 200);
  return path;
}
