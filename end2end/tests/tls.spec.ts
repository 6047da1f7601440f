// HTTPS with the site's own authority: in a real browser, by strict clients, and how a device comes to trust it.

import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import Axe from '@axe-core/playwright';
import { chromium, type Browser } from '@playwright/test';
import { Gemba } from '../lib/gemba';
import { expect, listen, openLive, test as base } from '../lib/test';

const test = base.extend<object, { gemba: Gemba; trusting: Browser }>({
  gemba: [
    async ({}, use) => {
      const gemba = await Gemba.secure('gemba.plant.example');
      await use(gemba);
      await gemba.end();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  // Chromium that takes this one key without its authority; everything else about TLS is as ever.
  trusting: [
    async ({ gemba }, use) => {
      const key = certificate(gemba, 'server').publicKey.export({ type: 'spki', format: 'der' });
      const pin = createHash('sha256').update(key).digest('base64');
      const { launchOptions } = base.info().project.use;
      const args = [...(launchOptions?.args ?? []), `--ignore-certificate-errors-spki-list=${pin}`];
      const browser = await chromium.launch({ ...launchOptions, args });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
});

function certificate(gemba: Gemba, name: string): X509Certificate {
  return new X509Certificate(readFileSync(join(gemba.data, `tls/${name}.crt`)));
}

test('a page lives over HTTPS, in a secure context', async ({ gemba, trusting }) => {
  const page = await trusting.newPage({ baseURL: gemba.url, locale: 'en-GB' });
  const heard: string[] = [];
  listen(page, heard);
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await openLive(page, '/overview');
  expect(await page.evaluate(() => window.isSecureContext)).toBe(true);
  expect(sockets.map((url) => url.split(':')[0])).toEqual(['wss']);
  expect(heard).toEqual([]);
  await page.close();
  // Who types http:// gets there all the same.
  const typed = await trusting.newPage();
  await typed.goto(gemba.url.replace('https', 'http') + '/sources?lang=de');
  await expect(typed).toHaveURL(`${gemba.url}/sources?lang=de`);
  await typed.close();
});

test('a browser that does not trust the authority says so', async ({ gemba, browser }) => {
  const page = await browser.newPage();
  await expect(page.goto(gemba.url)).rejects.toThrow(/ERR_CERT_AUTHORITY_INVALID/);
  await page.close();
});

for (const [version, taken] of [['TLSv1', false], ['TLSv1.1', false], ['TLSv1.2', true], ['TLSv1.3', true]] as [SecureVersion, boolean][]) {
  test(`${version} is ${taken ? 'spoken' : 'refused'}`, async ({ gemba }) => {
    const ca = readFileSync(join(gemba.data, 'tls/ca.crt'));
    const spoken = await new Promise<string | null>((resolve) => {
      const options = { port: gemba.port, host: '127.0.0.1', ca, minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' };
      const socket = connect(options, () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.on('error', () => resolve(null));
    });
    expect(spoken).toBe(taken ? version : null);
  });
}

test('a strict client checks names as the authority limits them', async ({ gemba }) => {
  const ca = readFileSync(join(gemba.data, 'tls/ca.crt'));
  const answer = (servername: string): Promise<string> =>
    new Promise((resolve) => {
      const options = { port: gemba.port, host: '127.0.0.1', servername, ca, path: '/healthz', headers: { host: 'localhost' } };
      request(options, (response) => resolve(String(response.statusCode)))
        .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
        .end();
    });
  expect(await answer('gemba.plant.example')).toBe('200');
  expect(await answer('localhost')).toBe('200');
  expect(await answer('elsewhere.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

for (const [language, title, button] of [
  ['en', 'Trust this server', 'Download the certificate'],
  ['fr', 'Faire confiance à ce serveur', 'Télécharger le certificat'],
  ['de', 'Diesem Server vertrauen', 'Zertifikat herunterladen'],
] as [string, string, string][]) {
  test(`how to trust it reads without script: ${language}`, async ({ gemba, trusting }) => {
    const context = await trusting.newContext({ javaScriptEnabled: false, baseURL: gemba.url, viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const heard: string[] = [];
    listen(page, heard);
    const response = await page.goto(`/help/trust?lang=${language}`);
    expect(response?.status()).toBe(200);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await expect(page).toHaveTitle(`${title} · Gemba`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    for (const device of ['iPad', 'Android', 'Windows', 'macOS', 'Linux']) await expect(page.getByRole('heading', { name: device })).toBeVisible();
    // The fingerprint that is shown is that of what is handed out.
    const authority = certificate(gemba, 'ca');
    await expect(page.locator('#fingerprint')).toHaveText(authority.fingerprint256);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: button }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('gemba-ca.crt');
    expect(new X509Certificate(readFileSync(await file.path())).fingerprint256).toBe(authority.fingerprint256);
    const [width, shown] = [await page.evaluate('document.documentElement.scrollWidth'), 390];
    expect(width).toBeLessThanOrEqual(shown);
    expect(heard).toEqual([]);
    await context.close();
  });
}

test('axe finds nothing serious where it says how to trust it', async ({ gemba, trusting }) => {
  const context = await trusting.newContext({ baseURL: gemba.url });
  const page = await context.newPage();
  for (const theme of ['light', 'dark', 'contrast']) {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`/help/trust?theme=${theme}`);
      const { violations } = await new Axe({ page }).options({ rules: { 'target-size': { enabled: true } } }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id }) => id), `${theme} at ${width}`).toEqual([]);
    }
  }
  await context.close();
});
