import { signIn, type StaffFetch } from '../../helpers/browser/staff';
import { stackEndpoints } from '../../stack';
import { order } from '../../helpers/api';
import { startConsoleApi, type ConsoleApi } from './console-api';

const { postgres, keycloak } = stackEndpoints('postgres', 'keycloak');
const suite = postgres && keycloak?.staff ? describe : describe.skip;
if (!postgres || !keycloak?.staff) test.todo('writes of other sites: not run, this machine has no Keycloak');

suite('a write with a person’s session', () => {
  let api: ConsoleApi;
  let fetch: StaffFetch;

  beforeAll(async () => {
    api = await startConsoleApi();
    fetch = await signIn({ url: api.url, staff: undefined as never }, await api.person(['admin']));
  });
  afterAll(() => api?.stop());

  /** An order as the console sends it, but with other headers; undefined takes one away. */
  const write = (changes: Record<string, string | undefined>): Promise<Response> => {
    const { 'x-console': mark = '1', ...headers } = { 'content-type': 'application/json', ...changes };
    const kept = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const body = JSON.stringify(order());
    return fetch('/v1/tenants', { method: 'POST', body, headers: { 'x-console': mark, ...Object.fromEntries(kept) } });
  };
  const accepted = async (): Promise<number> =>
    Number((await api.registry.pool.query<{ n: string }>('select count(*) as n from operation')).rows[0]!.n);

  test('from the console is done, in the person’s name', async () => {
    const answer = await write({ 'sec-fetch-site': 'same-origin', origin: api.url });
    expect(answer.status).toBe(202);
    const { rows } = await api.registry.pool.query<{ caller: string }>('select distinct caller from operation');
    expect(rows).toEqual([{ caller: expect.stringMatching(/^user:person-/) as string }]);
  });

  test.each([
    ['without the console’s header', { 'x-console': '' }],
    ['with another value of the header', { 'x-console': 'true' }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from another host of the same site', { 'sec-fetch-site': 'same-site' }],
    ['from no page', { 'sec-fetch-site': 'none' }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from a sandboxed page', { origin: 'null' }],
    ['from another port', { origin: 'http://127.0.0.1:1' }],
  ])('%s is refused in words, and nothing is done', async (_, headers) => {
    const before = await accepted();
    const answer = await write(headers);
    expect([answer.status, await answer.json()]).toEqual([
      403,
      expect.objectContaining({ type: `${api.url}/problems/cross-site-request` }),
    ]);
    expect(await accepted()).toBe(before);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('by %s is refused before the route looks at it', async (method) => {
    const path = method === 'POST' ? '/v1/tenants' : '/v1/tenants/aaaaaaaaaaaaaaaa/legal-hold';
    const answer = await fetch(path, { method, headers: { 'x-console': '' } });
    expect([403, 405]).toContain(answer.status);
  });

  test('cannot sign the person out either', async () => {
    const answer = await fetch('/console/sign-out', { method: 'POST', headers: { 'x-console': '' } });
    expect(answer.status).toBe(403);
    expect((await fetch('/v1/me')).status).toBe(200);
  });

  test('is not what a page of another origin is allowed to ask for', async () => {
    const answer = await fetch('/v1/tenants', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-headers': 'x-console' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a token in the Authorization header counts before the session, also if it is wrong', async () => {
    const answer = await fetch('/v1/me', { headers: { authorization: 'Bearer tp_00000000_x' } });
    expect(answer.status).toBe(401);
  });

  test('a public page that posts without the console’s header works as without a session', async () => {
    const answer = await fetch('/v1/tenants/aaaaaaaaaaaaaaaa/credentials:claim', {
      method: 'POST',
      headers: { 'x-console': '', 'content-type': 'application/json' },
      body: JSON.stringify({ token: 'x'.repeat(43) }),
    });
    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({ type: `${api.url}/problems/claim-refused` }),
    ]);
  });
});
