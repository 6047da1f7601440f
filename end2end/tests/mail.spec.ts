// Mail by a real SMTP server: links that begin accounts, codes that open share links, and what is said when it is away.

import { execFile } from 'node:child_process';
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Browser, type Page } from '@playwright/test';
import { Broker } from '../lib/broker';
import { Gemba } from '../lib/gemba';
import { MailServer } from '../lib/mail';
import { until } from '../lib/process';
import { freshness, listen } from '../lib/test';

const PASSWORD = 'correct horse battery';

interface Posted {
  broker: Broker;
  mail: MailServer;
  gemba: Gemba;
}

const test = base.extend<object, { posted: Posted }>({
  posted: [
    async ({}, use) => {
      const broker = await Broker.start();
      await broker.publish('acme/lyon/press/force_kn', '12.5', { retain: true });
      const mail = await MailServer.start();
      const gemba = await Gemba.guardedWith(broker.url, mail.env());
      await use({ broker, mail, gemba });
      await gemba.end();
      await mail.end();
      await broker.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

test.describe.configure({ mode: 'serial' });

async function own(page: Page, gemba: Gemba): Promise<void> {
  await until('the first owner’s link is printed', () => /\/welcome\/\S+/.test(gemba.words));
  await page.goto(/https?:\S+\/welcome\/\S+/.exec(gemba.words)?.[0] ?? '');
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Choose and sign in' }).click();
  await expect(freshness(page)).toBeVisible();
}

async function signIn(page: Page, gemba: Gemba): Promise<void> {
  await page.goto(`${gemba.url}/sign-in`);
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(freshness(page)).toBeVisible();
}

async function invite(page: Page, gemba: Gemba, name: string, email: string, language: string): Promise<string> {
  await page.goto(`${gemba.url}/admin/people`);
  await page.getByLabel('Name as shown').fill(name);
  await page.getByLabel('Sign-in name').fill(name.toLowerCase().replace(' ', '.'));
  await page.getByLabel('E-mail (optional)').fill(email);
  await page.getByLabel('Language of e-mails').selectOption({ label: language });
  await page.getByLabel('Send the link by e-mail').check();
  await page.getByRole('button', { name: 'Make the link' }).click();
  return page.getByLabel('The link', { exact: true }).inputValue();
}

/** A link to the press for invited addresses. */
async function share(page: Page, gemba: Gemba, emails: string): Promise<string> {
  const found = await (await page.request.get(`${gemba.url}/api/fn/search?q=force`, { headers: { accept: 'application/json' } })).json();
  await page.goto(`${gemba.url}/share?asset=${found[0].asset.asset}`);
  await page.getByLabel('What for').fill('Supplier looks at the press');
  await page.getByLabel('Invited e-mail addresses, by a code').check();
  await page.getByLabel('Addresses, one on each line').fill(emails);
  await page.getByRole('button', { name: 'Create link' }).click();
  return page.getByLabel('The link', { exact: true }).inputValue();
}

async function phone(browser: Browser, javaScriptEnabled = true): Promise<Page> {
  return (await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled })).newPage();
}

async function askCode(page: Page, email: string): Promise<void> {
  await page.getByLabel('Your e-mail address').fill(email);
  await page.getByRole('button', { name: 'Send a code' }).click();
}

async function giveCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('The code, 6 digits').fill(code);
  await page.getByRole('button', { name: 'Open' }).click();
}

function codeIn(text: string): string {
  return /^\d{6}$/m.exec(text)?.[0] ?? `no code in: ${text}`;
}

test('an invitation comes by mail, in the language of whom it is for, and its link begins the account', async ({ page, browser, posted: { gemba, mail } }) => {
  await own(page, gemba);
  const link = await invite(page, gemba, 'Jürgen Weiß', 'juergen@plant.example', 'Deutsch');
  await expect(page.getByText('Sent to juergen@plant.example.')).toBeVisible();
  const got = await mail.to('juergen@plant.example');
  expect(got).toMatchObject({ from: 'gemba@plant.example', secure: true, user: 'gemba@plant.example', subject: 'Ihr Konto bei Gemba' });
  expect(got.text).toContain('Hallo Jürgen Weiß,');
  expect(got.text).toContain(link);
  expect(got.headers).toMatch(/^Content-Type: text\/plain; charset=utf-8$/m);
  expect(got.headers).not.toContain('welcome');

  const guest = await phone(browser);
  await guest.goto(/http\S+\/welcome\/\S+/.exec(got.text)?.[0] ?? '');
  await guest.locator('input[type=password]').fill(PASSWORD);
  await guest.locator('form button').click();
  await expect(freshness(guest)).toBeVisible();
  expect(gemba.words, 'neither link nor address is in the log').not.toMatch(/juergen@|welcome\/[\w-]{32}.*juergen/i);

  // Another language and another address later; a reset goes there.
  await page.goto(`${gemba.url}/admin/people`);
  await page.getByRole('link', { name: 'Jürgen Weiß' }).click();
  await page.getByLabel('E-mail (optional)').fill('j.weiss@plant.example');
  await page.getByLabel('Language of e-mails').selectOption({ label: 'Français' });
  await page.getByRole('button', { name: 'Save e-mail and language' }).click();
  await page.getByRole('button', { name: 'Send new sign-in link by e-mail' }).click();
  await expect(page.getByText('Sent to j.weiss@plant.example.')).toBeVisible();
  expect((await mail.to('j.weiss@plant.example')).subject).toBe('Choisissez un nouveau mot de passe pour Gemba');
});

test('who cannot be reached is told why, and the link is there', async ({ page, browser, posted: { gemba, mail } }) => {
  await signIn(page, gemba);
  await page.goto(`${gemba.url}/admin/people`);
  await page.getByLabel('Name as shown').fill('No Mail');
  await page.getByLabel('Sign-in name').fill('no.mail');
  await page.getByLabel('Send the link by e-mail').check();
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByRole('alert')).toContainText('Give an e-mail address');

  await invite(page, gemba, 'Not There', 'nobody@plant.example', 'English');
  await expect(page.getByRole('alert')).toContainText('Not sent to nobody@plant.example: the mail server refuses this mail.');
  await expect(page.getByRole('alert')).toContainText('No such user here');

  await mail.stop();
  const link = await invite(page, gemba, 'Grace H', 'grace@plant.example', 'English');
  await expect(page.getByRole('alert')).toContainText('Not sent to grace@plant.example: the mail server does not answer. The link below works');
  await mail.run();
  const grace = await phone(browser);
  await grace.goto(link);
  await grace.getByLabel('Password').fill(PASSWORD);
  await grace.getByRole('button', { name: 'Choose and sign in' }).click();
  await expect(freshness(grace)).toBeVisible();
});

test('a code by mail opens a share link on a phone, once, and only for who is invited', async ({ page, browser, posted: { gemba, mail, broker } }) => {
  await signIn(page, gemba);
  const url = await share(page, gemba, 'Supplier@Press.example\nsecond@press.example');
  const guest = await phone(browser);
  const heard: string[] = [];
  listen(guest, heard);
  await guest.goto(url);
  await expect(guest.getByRole('heading', { name: 'This link opens for invited addresses' })).toBeVisible();
  await expect(guest.locator('body')).not.toContainText('press');
  await expect(guest.locator('script[type=module][src]')).toHaveCount(0);
  for (const theme of ['light', 'dark', 'contrast']) {
    await guest.goto(`${url}?theme=${theme}`);
    const found = await new AxeBuilder({ page: guest }).analyze();
    expect(found.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')).toEqual([]);
  }
  await askCode(guest, 'supplier@press.example');
  await expect(guest.getByRole('status')).toContainText('If supplier@press.example is invited');
  const code = codeIn((await mail.to('supplier@press.example')).text);
  const wrong = code === '000000' ? '000001' : '000000';
  // The browser says of a page that refuses so.
  await giveCode(guest, wrong);
  await expect(guest.getByRole('alert')).toContainText('That is not the code');
  await giveCode(guest, `${code.slice(0, 3)} ${code.slice(3)}`);
  await broker.publish('acme/lyon/press/force_kn', '31.5');
  await expect(guest.locator('.g-value__n', { hasText: '31.5' }).first()).toBeVisible();
  await expect(guest.getByRole('status')).toContainText('1 of 1 values live');
  await guest.reload();
  await expect(guest.getByRole('status')).toContainText('1 of 1 values live');
  expect(heard.filter((words) => !words.includes('401'))).toEqual([]);

  // A code works once, and another browser has none.
  const other = await phone(browser, false);
  await other.goto(url);
  await askCode(other, 'eve@press.example');
  await expect(other.getByRole('status')).toContainText('If eve@press.example is invited');
  await giveCode(other, code);
  await expect(other.getByRole('alert')).toContainText('That is not the code');
  await other.getByRole('link', { name: 'Another address' }).click();
  await askCode(other, 'SUPPLIER@press.example ');
  const second = codeIn((await mail.to('supplier@press.example', 2)).text);
  await giveCode(other, second);
  await expect(other.locator('.g-value__n', { hasText: '31.5' }).first()).toBeVisible();
  expect(mail.got.filter((got) => got.to.includes('eve@press.example'))).toEqual([]);

  // Who made it sees who opened it; the log of the server does not.
  await page.goto(`${gemba.url}/links`);
  await page.locator('tbody a[href*="/links/"]').first().click();
  await expect(page.locator('tbody')).toContainText('supplier@press.example');
  expect(gemba.words).not.toContain('press.example');
});

test('wrong codes end a code and cost time; codes are not sent without end', async ({ page, browser, posted: { gemba, mail } }) => {
  await signIn(page, gemba);
  const url = await share(page, gemba, 'third@press.example');
  const guest = await phone(browser, false);
  await guest.goto(url);
  await askCode(guest, 'third@press.example');
  const code = codeIn((await mail.to('third@press.example')).text);
  for (let tries = 0; tries < 5; tries += 1) {
    await giveCode(guest, code === '000000' ? '000001' : '000000');
    await expect(guest.getByRole('alert')).toContainText('That is not the code');
  }
  // The sixth is the right one, and too late.
  await giveCode(guest, code);
  await expect(guest.getByRole('alert')).toContainText('Too many tries');
  await expect(guest.locator('.g-shared')).toHaveCount(0);

  const answers: string[] = [];
  for (const email of ['third@press.example', 'stranger@press.example']) {
    const other = await phone(browser, false);
    await other.goto(url);
    await askCode(other, email);
    for (let asked = 0; asked < 4; asked += 1) await other.getByRole('button', { name: 'Send another code' }).click();
    await expect(other.getByRole('alert')).toContainText('Too many codes were asked for');
    answers.push((await other.locator('main').innerText()).replaceAll(email, '').replace(/\d+ s/, ''));
  }
  expect(answers[0], 'an address that is not invited is told nothing else').toBe(answers[1]);
  expect(mail.got.filter((got) => got.to.includes('third@press.example')).length).toBe(3);
  expect(mail.got.filter((got) => got.to.includes('stranger@press.example'))).toEqual([]);
});

test('while the mail server is away a share link says so, to who is invited and who is not', async ({ page, browser, posted: { gemba, mail } }) => {
  await signIn(page, gemba);
  const url = await share(page, gemba, 'fourth@press.example');
  await mail.stop();
  for (const email of ['stranger@press.example', 'fourth@press.example']) {
    const guest = await phone(browser, false);
    await guest.goto(url);
    await askCode(guest, email);
    await expect(async () => {
      await guest.goto(url);
      await expect(guest.getByRole('alert')).toContainText('The mail server is not answering now', { timeout: 500 });
    }).toPass();
    await mail.run();
    // The next mail that goes out says that it is back.
    await askCode(guest, `another-${email}`);
    await expect(async () => {
      await guest.goto(url);
      await expect(guest.getByRole('alert')).toHaveCount(0, { timeout: 500 });
    }).toPass();
    await mail.stop();
  }
  await mail.run();
});

test('`gemba mail test` says what the mail server says', async ({ posted: { gemba, mail } }) => {
  // Not in step with it: the mail server lives in this process.
  const run = (address: string, env: Record<string, string> = mail.env()) =>
    new Promise<string>((resolve) => {
      execFile(gemba.binary, ['mail', 'test', address], { env: { ...process.env, ...env } }, (_error, said, complained) => resolve(said + complained));
    });
  expect(await run('ada@plant.example')).toContain('took the mail');
  expect((await mail.to('ada@plant.example')).subject).toBe('Gemba can send mail');
  expect(await run('ada')).toContain('is no e-mail address');
  expect(await run('nobody@plant.example')).toMatch(/refuses the mail.*No such user here/);
  expect(await run('ada@plant.example', mail.env({ GEMBA__MAIL__PASSWORD: 'wrong' }))).toMatch(/refuses the sign-in/);
  // Its certificate is of an authority that this machine does not know.
  expect(await run('ada@plant.example', mail.env({ GEMBA__MAIL__CA_FILE: '/etc/ssl/certs/ca-certificates.crt' }))).toMatch(/does not answer.*certificate/i);
  expect(await run('ada@plant.example', mail.env({ GEMBA__MAIL__SERVER: 'mail.plant.example', GEMBA__MAIL__SECURITY: 'none' }))).toContain('mail.security');
  // A server that offers no TLS is told nothing.
  const plain = await MailServer.plain();
  expect(await run('ada@plant.example', plain.env({ GEMBA__MAIL__CA_FILE: '/etc/ssl/certs/ca-certificates.crt' }))).toMatch(/mail server/);
  expect(plain.heard.join(' ')).not.toMatch(/AUTH|MAIL FROM/i);
  expect(await run('ada@plant.example', { ...plain.env(), GEMBA__MAIL__SECURITY: 'none' })).toContain('took the mail');
  await plain.end();
});
