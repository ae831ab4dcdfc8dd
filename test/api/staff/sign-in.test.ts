import { createHash } from 'node:crypto';
import { LinkBrowser } from '../../helpers/browser/link-browser';
import { consoleBrowser, fetchWith, logIn, loginForm, signIn, type StaffFetch } from '../../helpers/browser/staff';
import { stackEndpoints } from '../../stack';
import { startConsoleApi, type ConsoleApi } from './console-api';
import type { StaffLogin } from '../../../stack/staff';

const { postgres, keycloak } = stackEndpoints('postgres', 'keycloak');
const suite = postgres && keycloak?.staff ? describe : describe.skip;
if (!postgres || !keycloak?.staff) test.todo('sign-in with OpenID Connect: not run, this machine has no Keycloak');

suite('signing in to the console', () => {
  let api: ConsoleApi;
  let ada: StaffLogin;
  let target: { url: string; staff: never };

  beforeAll(async () => {
    api = await startConsoleApi();
    ada = await api.person(['operator']);
    target = { url: api.url, staff: undefined as never };
  });
  afterAll(() => api?.stop());

  /** Where Keycloak sends the browser after the login, which is not opened. */
  async function callbackOf(browser: LinkBrowser, returnTo?: string): Promise<string> {
    const form = await loginForm(browser, api.url, returnTo);
    const action = /action="([^"]+)"/.exec(form.page)![1]!.replaceAll('&amp;', '&');
    const answer = await browser.send(action, { username: ada.username, password: ada.password });
    return answer.headers.get('location')!;
  }
  const sessionOf = async (browser: LinkBrowser) =>
    (await fetchWith(api.url, browser.cookiesFor(`${api.url}/`))('/console/session')).status;

  test('gives a session with the person’s name and the roles of its groups', async () => {
    const fetch = await signIn(target, ada);
    const answer = await fetch('/console/session');
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 200,
      body: {
        user: {
          id: `user:${ada.username}`,
          name: 'Ada Lovelace',
          roles: ['tenants:read', 'operations:operate', 'tenants:suspend', 'flags:manage', 'webhooks:manage'],
        },
        idleExpiresAt: expect.any(String),
        expiresAt: expect.any(String),
      },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await (await fetch('/v1/me')).json()).toMatchObject({ id: `user:${ada.username}` });
    expect((await fetch('/v1/tenants')).status).toBe(200);
  });

  test('sets a session cookie that scripts cannot read and other sites cannot send along with writes', async () => {
    const browser = consoleBrowser(api.url);
    const { headers } = await browser.send(await callbackOf(browser));
    const cookie = headers.getSetCookie().find((each) => each.startsWith('console_session='))!;
    expect(cookie).toMatch(/; HttpOnly(;|$)/);
    expect(cookie).toMatch(/; SameSite=Lax(;|$)/);
    expect(cookie).toMatch(/; Path=\/(;|$)/);
    expect(cookie).not.toMatch(/Domain=/i);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('keeps of a session only a hash, and of the issuer’s tokens nothing that the registry can read', async () => {
    const browser = consoleBrowser(api.url);
    await logIn(browser, api.url, ada);
    const id = browser.cookie('console_session')!;
    const { rows } = await api.registry.pool.query<{ row: string; tokens: Buffer }>(
      `select staff_session::text as row, tokens_ciphertext as tokens from staff_session where session_hash = $1`,
      [createHash('sha256').update(id).digest()],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.row).not.toContain(id);
    expect(rows[0]!.row).not.toContain('@');
    expect(rows[0]!.tokens.toString('latin1')).not.toContain('eyJ');
  });

  test('writes who signed in to the audit trail of the control plane, and no e-mail address to any log', async () => {
    await signIn(target, ada);
    const { rows } = await api.registry.pool.query<{ actor: string; detail: object }>(
      `select actor, detail from audit_entry where tenant_id = 'control-plane' and action = 'staff.signed-in' order by sequence desc limit 1`,
    );
    expect(rows[0]).toMatchObject({ actor: `user:${ada.username}`, detail: { roles: expect.any(Array) } });
    expect(api.log.join('')).not.toContain('staff.example.com');
    expect(api.log.join('')).toContain('"route":"/console/callback"');
  });

  test('takes the answer of a login once: neither the browser nor another one can use the address again', async () => {
    const browser = consoleBrowser(api.url);
    const callback = await callbackOf(browser);
    const copy = new LinkBrowser();
    const jar = browser.cookiesFor(callback);
    expect((await browser.open(callback)).status).toBe(0);
    const again = await browser.open(callback);
    expect([again.status, again.page]).toEqual([400, expect.stringContaining('was not begun in this browser')]);
    const stolen = await copy.open(callback);
    expect([stolen.status, stolen.page]).toEqual([400, expect.stringContaining('was not begun in this browser')]);
    // The cookie of the attempt alone does not help, because the issuer takes a code once.
    const replayed = await fetch(callback, { headers: { cookie: jar, accept: 'text/html' }, redirect: 'manual' });
    expect([replayed.status, await replayed.text()]).toEqual([
      400,
      expect.stringContaining('used before or has expired'),
    ]);
    expect(replayed.headers.getSetCookie().join()).not.toContain('console_session=');
  });

  test.each([
    ['another state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['another code', (url: URL) => url.searchParams.set('code', 'x')],
    [
      'an error of the issuer',
      (url: URL) => (url.searchParams.delete('code'), url.searchParams.set('error', 'access_denied')),
    ],
  ])('refuses an answer with %s, and the person is not signed in', async (_, change) => {
    const browser = consoleBrowser(api.url);
    const callback = new URL(await callbackOf(browser));
    change(callback);
    const { status, page, headers } = await browser.open(callback.href);
    expect([status, page]).toEqual([400, expect.stringContaining('You are not signed in')]);
    expect(page).toContain('<a href="sign-in">');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await sessionOf(browser)).toBe(401);
  });

  test('in one tab works while another tab has begun one, too', async () => {
    const browser = consoleBrowser(api.url);
    await loginForm(browser, api.url);
    const first = await callbackOf(browser, '/console/tenants');
    // Keycloak asks nothing in the second tab, because the person is signed in there by then.
    const { headers } = await browser.send(`${api.url}/console/sign-in?return=/console/audit`);
    const second = headers.get('location')!;
    expect((await browser.send(first)).headers.get('location')).toBe(`${api.url}/console/tenants`);
    const callback = (await browser.send(second)).headers.get('location')!;
    expect((await browser.send(callback)).headers.get('location')).toBe(`${api.url}/console/audit`);
    expect(await sessionOf(browser)).toBe(200);
  });

  test('refuses the answer of a login that another browser began', async () => {
    const [victim, attacker] = [consoleBrowser(api.url), consoleBrowser(api.url)];
    await loginForm(victim, api.url);
    const { status } = await victim.open(await callbackOf(attacker));
    expect(status).toBe(400);
    expect(await sessionOf(victim)).toBe(401);
  });

  test('refuses a login that took longer than ten minutes', async () => {
    const browser = consoleBrowser(api.url);
    const callback = await callbackOf(browser);
    api.forward(601);
    try {
      expect((await browser.open(callback)).page).toContain('took longer than 10 minutes');
    } finally {
      api.forward(-601);
    }
  });

  test('always gives a new session id, and ends the session that the browser had before', async () => {
    const browser = consoleBrowser(api.url);
    await logIn(browser, api.url, ada);
    const before = browser.cookie('console_session')!;
    // The issuer still knows the person and asks nothing.
    const { headers } = await browser.send(`${api.url}/console/sign-in`);
    await browser.open(headers.get('location')!);
    const now = browser.cookie('console_session')!;
    expect(now).not.toBe(before);
    const stale = await fetchWith(api.url, `console_session=${before}`)('/v1/me');
    expect(stale.status).toBe(401);
    expect(await sessionOf(browser)).toBe(200);
  });

  test('does not take over a session id that was planted before the login', async () => {
    const planted = 'A'.repeat(43);
    const browser = consoleBrowser(api.url);
    const callback = await callbackOf(browser);
    const cookie = `${browser.cookiesFor(callback)}; console_session=${planted}`;
    const { headers } = await fetch(callback, { headers: { cookie }, redirect: 'manual' });
    expect(headers.getSetCookie().join()).toMatch(/console_session=(?!A{43})[\w-]{43}/);
    expect((await fetchWith(api.url, `console_session=${planted}`)('/v1/me')).status).toBe(401);
  });

  test.each([
    ['/console/tenants?state=active#top', '/console/tenants?state=active#top'],
    ['//evil.example/console/', '/console/'],
    ['https://evil.example/console/', '/console/'],
    ['/console/sign-in', '/console/'],
  ])('returns from %s to %s', async (asked, reached) => {
    const browser = consoleBrowser(api.url);
    const { headers } = await browser.send(await callbackOf(browser, asked));
    expect(headers.get('location')).toBe(`${api.url}${reached}`);
  });

  test('gives no role for a group that is not configured, and such a person sees nothing', async () => {
    const made = await api.admin('POST', '/admin/realms/staff/groups', { name: `unknown-${ada.username}` });
    expect(made.status).toBe(201);
    const stranger = await api.person([`unknown-${ada.username}`]);
    const fetch = await signIn(target, stranger);
    expect(await (await fetch('/console/session')).json()).toMatchObject({ user: { roles: [] } });
    expect((await fetch('/v1/tenants')).status).toBe(403);
    const { text } = await api.admin('GET', `/admin/realms/staff/groups?search=unknown-${ada.username}`);
    const [group] = JSON.parse(text) as { id: string }[];
    await api.admin('DELETE', `/admin/realms/staff/groups/${group!.id}`);
  });

  test('names a person whose user name is an e-mail address by the issuer’s id', async () => {
    const email = `${ada.username}@people.example`;
    const person = await api.person(['viewer'], { username: email, firstName: 'Grace', lastName: 'Hopper' });
    const fetch: StaffFetch = await signIn(target, person);
    const { user } = (await (await fetch('/console/session')).json()) as { user: { id: string; name: string } };
    expect(user).toMatchObject({ id: `user:${person.id}`, name: 'Grace Hopper' });
    expect(api.log.join('')).not.toContain('people.example');
  });

  test('does not let a disabled person in', async () => {
    const person = await api.person(['admin'], { enabled: false });
    const browser = consoleBrowser(api.url);
    const { status, page } = await logIn(browser, api.url, person);
    expect([status, page]).toEqual([200, expect.stringContaining('disabled')]);
    expect(await sessionOf(browser)).toBe(401);
  });

  test('answers other methods with those that are allowed', async () => {
    const answer = await fetch(`${api.url}/console/sign-out`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
