import { defineConfig } from '@playwright/test';

// Debian's Chromium; never a downloaded one. The flags keep it from speaking to anybody but us.
const launchOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--force-color-profile=srgb',
  ],
};

export default defineConfig({
  fullyParallel: false,
  workers: 1,
  // Neighbours share the processors; a retry is told in the report.
  retries: 1,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  outputDir: 'test-results',
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions,
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'tests', testDir: 'tests' },
    { name: 'screenshots', testDir: 'pictures', timeout: 600_000 },
  ],
});
