import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { pages } from '../../../api/pages/pages';
import { hasBrowser, startBrowser } from '../../helpers/browser/browser';

const suite = hasBrowser() ? describe : describe.skip;
if (!hasBrowser()) test.todo('the pages behind one-time links: not run, this machine has no browser');

const TENANT = 'k3v9x2m4q7w8r5ta';

/** An answer of the API to a claim. */
interface Claimed {
  status: number;
  body: object;
}

suite('the pages behind one-time links', () => {
  let server: Server;
  let url: string;
  let browser: Browser;
  let shown: Page;
  let answers: Claimed[];
  let claims: { path: string; token: string; key: string }[];
  let complaints: string[];

  beforeAll(async () => {
    // As behind a proxy that takes the prefix off.
    const app = express().use('/below', pages('https://example.com/below'));
    app.post(/^\/below\/v1\/tenants\//, express.json(), (request, response) => {
      const { token } = request.body as { token: string };
      claims.push({ path: request.path.replace('/below', ''), token, key: String(request.get('idempotency-key')) });
      const { status, body } = answers.shift()!;
      response.status(status).json(body);
    });
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/below`;
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await new Promise((done) => server?.close(done));
  });
  beforeEach(async () => {
    [answers, claims, complaints] = [[], [], []];
    shown = await browser.newPage();
    shown.on('pageerror', (error) => complaints.push(error.message));
    // A refused claim is logged by the browser itself.
    shown.on('console', (line) => {
      if (/policy|module/i.test(line.text())) complaints.push(line.text());
    });
  });
  afterEach(async () => {
    await shown?.close();
    expect(complaints).toEqual([]);
  });

  const message = (): Promise<string> => shown.locator('#message').innerText();
  const until = (text: string | RegExp): Promise<void> =>
    shown.locator('#message').filter({ hasText: text }).waitFor({ timeout: 10_000 });

  describe.each([
    { page: 'claim', route: 'credentials:claim', fault: 'wrong, expired or already used' },
    { page: 'export-key', route: 'export:claim', fault: 'wrong or already used' },
  ])('/$page', ({ page, route, fault }) => {
    const open = () => shown.goto(`${url}/${page}#${TENANT}.the-token`);

    test('claims with the token of the link only when the reader says so, and again with the same key', async () => {
      answers = [
        { status: 503, body: {} },
        { status: 410, body: {} },
      ];
      await open();
      expect(claims).toEqual([]);
      await shown.click('#claim');
      await until('Try again in a minute.');
      await shown.click('#claim');
      await until(fault);
      expect(await shown.isDisabled('#claim')).toBe(true);
      expect(claims.map(({ path, token }) => [path, token])).toEqual(
        Array(2).fill([`/v1/tenants/${TENANT}/${route}`, 'the-token']),
      );
      expect(new Set(claims.map(({ key }) => key)).size).toBe(1);
    });

    test('says that a link without its end is incomplete', async () => {
      await shown.goto(`${url}/${page}#${TENANT}`);
      await until('This link is incomplete.');
      expect(await shown.isVisible('#claim')).toBe(false);
    });
  });

  test('/export-key shows the key as text to be saved, and the address no longer has the token', async () => {
    answers = [{ status: 200, body: { identity: 'AGE-SECRET-KEY-1<b>', recipient: 'age1abc' } }];
    await shown.goto(`${url}/export-key#${TENANT}.the-token`);
    await shown.click('#claim');
    await until('Save this text as key.txt now.');
    expect(await shown.locator('#key').innerText()).toBe('# public key: age1abc\nAGE-SECRET-KEY-1<b>');
    expect(shown.url()).toBe(`${url}/export-key`);
  });

  test('/claim shows the credentials, and after a reload that they were shown', async () => {
    const body = {
      adminAccessUrl: 'https://login.example.com/',
      username: 'ada',
      temporaryPassword: 'one-time-password',
      apiKeys: { default: 'ak_1' },
    };
    answers = [{ status: 200, body }];
    await shown.goto(`${url}/claim#${TENANT}.the-token`);
    await shown.click('#claim');
    await until('Save these now');
    const text = await shown.locator('#credentials').innerText();
    for (const value of ['https://login.example.com/', 'ada', 'one-time-password', 'ak_1'])
      expect(text).toContain(value);
    expect(shown.url()).toBe(`${url}/claim`);
    await shown.reload();
    expect(await message()).toContain('The credentials were already shown');
    expect(await shown.locator('#credentials').innerText()).not.toContain('one-time-password');
  });
});
