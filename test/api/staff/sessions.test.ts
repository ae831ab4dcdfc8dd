import request from 'supertest';
import { SignJWT, generateKeyPair } from 'jose';
import { createApp } from '../../../api/app';
import { forgetStaffSessions } from '../../../registry/staff/sessions';
import type { StaffLogin } from '../../../stack/staff';
import { signIn, type StaffFetch } from '../../helpers/browser/staff';
import { LinkBrowser } from '../../helpers/browser/link-browser';
import { stackEndpoints } from '../../stack';
import { eventually } from '../../stack/eventually';
import { sendLogout, startConsoleApi, type ConsoleApi } from './console-api';

const { postgres, keycloak } = stackEndpoints('postgres', 'keycloak');
const suite = postgres && keycloak?.staff ? describe : describe.skip;
if (!postgres || !keycloak?.staff) test.todo('sessions of people: not run, this machine has no Keycloak');

const USERS = '/admin/realms/staff/users';

suite('a person’s session', () => {
  let api: ConsoleApi;
  let ada: StaffLogin & { id: string };

  beforeAll(async () => {
    api = await startConsoleApi();
    ada = await api.person(['operator']);
  });
  afterAll(() => api?.stop());

  const enter = (who: StaffLogin = ada): Promise<StaffFetch> =>
    signIn({ url: api.url, staff: undefined as never }, who);
  const isOpen = async (fetch: StaffFetch): Promise<boolean> => (await fetch('/v1/me')).status === 200;
  const rolesOf = async (fetch: StaffFetch): Promise<string[]> =>
    ((await (await fetch('/v1/me')).json()) as { roles: string[] }).roles;

  describe('that the issuer ends', () => {
    test('is over as soon as the issuer says so, while those of others continue', async () => {
      const grace = await api.person(['viewer']);
      const [hers, his] = [await enter(), await enter(grace)];
      expect((await api.admin('POST', `${USERS}/${ada.id}/logout`)).status).toBe(204);
      await eventually(async () => !(await isOpen(hers)));
      expect(await isOpen(his)).toBe(true);
    });

    test('is over once: a logout token that is sent again ends nothing', async () => {
      await enter();
      await api.admin('POST', `${USERS}/${ada.id}/logout`);
      await eventually(() => api.logoutTokens.length > 0);
      const token = api.logoutTokens.at(-1)!;
      const again = await sendLogout(api.url, token);
      expect([again.status, await again.json()]).toEqual([
        400,
        expect.objectContaining({
          type: `${api.url}/problems/invalid-logout-token`,
          detail: expect.stringMatching(/sent before/),
        }),
      ]);
    });

    test('stays open for a logout token that the issuer did not sign, or that is another kind of token', async () => {
      const fetch = await enter();
      const { privateKey } = await generateKeyPair('ES256');
      const claims = { sub: ada.id, events: { 'http://schemas.openid.net/event/backchannel-logout': {} }, jti: 'x' };
      const forged = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'logout+jwt' })
        .setIssuer(api.settings.issuer)
        .setAudience(api.settings.clientId)
        .setIssuedAt()
        .sign(privateKey);
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const now = Math.floor(Date.now() / 1000);
      const body = { ...claims, iss: api.settings.issuer, aud: api.settings.clientId, iat: now };
      const unsigned = `${part({ alg: 'none' })}.${part(body)}.`;
      const idToken = await idTokenOf(api, ada);
      for (const token of [forged, unsigned, `${unsigned}x`, idToken, '', 'x'])
        expect({ token, status: (await sendLogout(api.url, token)).status }).toEqual({ token, status: 400 });
      expect(await isOpen(fetch)).toBe(true);
    });
  });

  test('ends with a sign-out at once, also at the issuer', async () => {
    const fetch = await enter();
    const answer = await fetch('/console/sign-out', { method: 'POST' });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie().join()).toMatch(/console_session=;.*1970/);
    expect(await isOpen(fetch)).toBe(false);
    const { location } = (await answer.json()) as { location: string };
    expect(location).toMatch(new RegExp(`^${api.settings.issuer}/.+/logout\\?.*post_logout_redirect_uri=`));
    const left = await new LinkBrowser((address) => address.startsWith(`${api.url}/console/`)).open(location);
    expect(left).toMatchObject({ status: 0, address: `${api.url}/console/` });
  });

  test('of a person whose group was taken away loses the group’s roles, and the audit trail says so', async () => {
    const person = await api.person(['operator']);
    const fetch = await enter(person);
    const { text } = await api.admin('GET', `${USERS}/${person.id}/groups`);
    const [group] = JSON.parse(text) as { id: string }[];
    await api.admin('DELETE', `${USERS}/${person.id}/groups/${group!.id}`);
    expect(await rolesOf(fetch)).toContain('operations:operate');
    api.forward(301);
    expect(await rolesOf(fetch)).toEqual([]);
    const { rows } = await api.registry.pool.query(
      `select detail from audit_entry where action = 'staff.roles-changed' and actor = $1`,
      [`user:${person.username}`],
    );
    expect(rows).toMatchObject([{ detail: { roles: [] } }]);
  });

  test('of a person who was disabled ends with the next check', async () => {
    const person = await api.person(['operator']);
    const fetch = await enter(person);
    const { text } = await api.admin('GET', `${USERS}/${person.id}`);
    await api.admin('PUT', `${USERS}/${person.id}`, { ...(JSON.parse(text) as object), enabled: false });
    api.forward(301);
    expect(await isOpen(fetch)).toBe(false);
  });

  test('goes on while the issuer is down, and new sign-ins are refused', async () => {
    const fetch = await enter();
    api.forward(301);
    const app = createApp({
      ...api.dependencies,
      staff: { ...api.settings, issuer: 'http://127.0.0.1:1/realms/staff' },
    });
    const answer = await request(app).get('/v1/me').set('cookie', fetch.cookie);
    expect(answer.status).toBe(200);
    const refused = await request(app).get('/console/sign-in');
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '30']);
    expect(refused.body).toMatchObject({ detail: expect.stringMatching(/API tokens work/) });
  });

  test('ends half an hour after the last request, and every request but a look at the session counts', async () => {
    const fetch = await enter();
    api.forward(1_700);
    expect(await isOpen(fetch)).toBe(true);
    api.forward(1_700);
    expect((await fetch('/console/session')).status).toBe(200);
    api.forward(101);
    expect((await fetch('/console/session')).status).toBe(401);
    expect(await isOpen(fetch)).toBe(false);
  });

  test('writes activity at most once a minute', async () => {
    const fetch = await enter();
    const seen = async () =>
      (
        await api.registry.pool.query<{ at: Date }>(
          `select seen_at as at from staff_session order by created_at desc limit 1`,
        )
      ).rows[0]!.at;
    const first = await seen();
    await fetch('/v1/me');
    expect(await seen()).toEqual(first);
    api.forward(61);
    await fetch('/v1/me');
    expect(await seen()).not.toEqual(first);
  });

  test('ends after ten hours, however active the person is, and is forgotten then', async () => {
    const fetch = await enter();
    for (let times = 1; times <= 23; times++) {
      api.forward(1_500);
      expect([times, await isOpen(fetch)]).toEqual([times, true]);
    }
    api.forward(1_400);
    expect(await isOpen(fetch)).toBe(true);
    api.forward(101);
    expect(await isOpen(fetch)).toBe(false);
    await forgetStaffSessions(api.registry.pool, new Date(Date.now() + 400 * 3_600_000));
    const { rows } = await api.registry.pool.query('select 1 from staff_session union all select 1 from staff_logout');
    expect(rows).toEqual([]);
  });
});

/** An ID token of the API's own client, which Keycloak has signed for the audience of logout tokens. */
async function idTokenOf({ settings }: ConsoleApi, { username, password }: StaffLogin): Promise<string> {
  const { clientId: client_id, clientSecret: client_secret } = settings;
  const response = await fetch(`${settings.issuer}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      scope: 'openid',
      client_id,
      client_secret,
      username,
      password,
    }),
  });
  return ((await response.json()) as { id_token: string }).id_token;
}
