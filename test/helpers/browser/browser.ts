import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where Debian puts Chromium; another browser of its kind can be named. */
const PATH = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium';

/** Whether this machine has a browser to test pages in. */
export function hasBrowser(): boolean {
  return existsSync(PATH);
}

/** Starts a real browser without a window. Close it in the end. */
export function startBrowser(): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  return chromium.launch({ executablePath: PATH, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet] });
}
