// `owned` with a plant that has an owner: Mosquitto, and a Gemba that lets nobody in without an account.

import { test as base, expect, type Page } from '@playwright/test';
import { Broker } from './broker';
import { Gemba } from './gemba';
import { freshness } from './test';

export const PASSWORD = 'correct horse battery';

export interface Guarded {
  broker: Broker;
  gemba: Gemba;
}

/** What the plant says before Gemba comes, by topic. */
export function guarded(retained: Record<string, string>) {
  return base.extend<object, { guarded: Guarded }>({
    guarded: [
      async ({}, use) => {
        const broker = await Broker.start();
        for (const [topic, payload] of Object.entries(retained)) await broker.publish(topic, payload, { retain: true });
        const gemba = await Gemba.guarded(broker.url);
        await use({ broker, gemba });
        await gemba.end();
        await broker.stop();
      },
      { scope: 'worker', timeout: 120_000 },
    ],
  });
}

/** The first owner takes the link that the console shows, as Ada. */
export async function own(page: Page, gemba: Gemba): Promise<void> {
  const link = await gemba.ownersLink();
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'You will own this Gemba' })).toBeVisible();
  await take(page, link, 'Ada');
}

/** Somebody takes a link that welcomes or lets in again. */
export async function take(page: Page, link: string, name: string): Promise<void> {
  if (page.url() !== link) await page.goto(link);
  if (await page.getByLabel('Name').isVisible()) await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Choose and sign in' }).click();
  await expect(freshness(page)).toBeVisible();
}

/** Signs in, to the page at `next`. */
export async function signIn(page: Page, gemba: Gemba, name: string, next = '/overview'): Promise<void> {
  await page.goto(`${gemba.url}/sign-in?next=${encodeURIComponent(next)}`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
