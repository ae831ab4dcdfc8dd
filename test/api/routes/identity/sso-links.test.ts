import request, { type Test } from 'supertest';
import { acceptedSchema } from '../../../../contract/schemas/operation-schema';
import { domainCheckSchema, tenantDomainSchema } from '../../../../contract/schemas/identity/domain-schema';
import {
  ssoLinkCreatedSchema,
  ssoLinkOpenedSchema,
  ssoLinksSchema,
  ssoSetupSchema,
} from '../../../../contract/schemas/identity/sso-link-schema';
import { ssoSchema, ssoTestSchema } from '../../../../contract/schemas/identity/sso-schema';
import { SSO_KIND } from '../../../../contract/identity/sso';
import { readSecret } from '../../../../registry/keys/secrets';
import { recordOutcome } from '../../../../registry/operations/transitions';
import {
  expectAnswer,
  expectProblem,
  PUBLIC_URL,
  startApiHarness,
  type ApiHarness,
  type Client,
} from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';
import { activeTenant } from '../../../helpers/tenants/accepted';
import { ISSUER, proveDomain, SECRET, standInProbe, tenantWithSso } from '../../../helpers/tenants/sso';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('links for setting up single sign-on: not run, this machine has no PostgreSQL');

suite('links for setting up single sign-on', () => {
  let api: ApiHarness;
  let manager: Client;
  let tenantId: string;
  let domain: string;
  let count = 0;

  beforeAll(async () => {
    api = await startApiHarness({
      ssoProbe: standInProbe,
      ssoRedirectUri: (id) => `https://login.example/${id}`,
      ssoEntityId: 'https://login.example',
    });
    manager = await api.as(['api-keys:manage']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    tenantId = await tenantWithSso(api.registry);
    domain = `linked-${(count += 1)}.example`;
  });

  const sso = (of = tenantId) => `/v1/tenants/${of}/identity/sso`;
  const make = async (more: object = {}) =>
    expectAnswer(await manager.post(`${sso()}/links`, { name: 'acme-it', ...more }), 201, ssoLinkCreatedSchema);
  const tokenOf = ({ url }: { url: string }) => url.slice(url.indexOf('.', url.indexOf('#')) + 1);
  const open = (token: string, key = 'key-1', of = tenantId) =>
    request(api.app)
      .post(`${sso(of)}/links:open`)
      .set('idempotency-key', key)
      .send({ token });
  /** A browser in which the link was opened: the cookie, and what the page sends along. */
  async function opened(more: object = {}) {
    const answer = await open(tokenOf(await make(more)));
    expectAnswer(answer, 200, ssoLinkOpenedSchema);
    return browserWith(cookieIn(answer.headers));
  }
  const cookieIn = (headers: Record<string, unknown>) => String((headers['set-cookie'] as string[])[0]);
  const browserWith = (cookie: string) => {
    const send = (test: Test): Test => test.set({ cookie: cookie.split(';')[0]!, 'x-sso-setup': '1' });
    return {
      cookie,
      get: (url: string) => send(request(api.app).get(url)),
      post: (url: string, body?: object) => send(request(api.app).post(url)).send(body),
      put: (url: string, body: object) => send(request(api.app).put(url)).send(body),
      delete: (url: string) => send(request(api.app).delete(url)),
    };
  };
  const configuration = (more: object = {}) => ({
    oidc: { issuer: ISSUER, clientId: 'us', clientSecret: SECRET },
    domains: [domain],
    ...more,
  });
  const states = async () =>
    expectAnswer(await manager.get(`${sso()}/links`), 200, ssoLinksSchema).links.map(({ name, state }) => [
      name,
      state,
    ]);
  const actors = async () => {
    const { rows } = await api.registry.pool.query<{ who: string }>(
      `select actor || ' ' || action as who from audit_entry where tenant_id = $1 and actor like 'sso-link:%' order by sequence`,
      [tenantId],
    );
    return rows.map(({ who }) => who);
  };
  const end = async (operationId: string, status: 'completed' | 'failed') => {
    await recordOutcome(api.registry.pool, { operationId, status: 'running' });
    if (status === 'failed') await recordOutcome(api.registry.pool, { operationId, status: 'compensating' });
    expect(await recordOutcome(api.registry.pool, { operationId, status })).toBe('committed');
  };

  test('a link leads to the setup page, is opened once, and its token is stored nowhere', async () => {
    const link = await make();
    const token = tokenOf(link);
    expect(link.url).toBe(`${PUBLIC_URL}/sso-setup#${tenantId}.${token}`);
    expect(await states()).toEqual([['acme-it', 'new']]);
    const answer = await open(token);
    expectAnswer(answer, 200, ssoLinkOpenedSchema);
    expect(cookieIn(answer.headers)).toMatch(
      new RegExp(`^sso_link=[\\w-]{43}; Path=/v1/tenants/${tenantId}; Expires=[^;]+; HttpOnly; SameSite=Strict$`),
    );
    expectProblem(await open(token, 'key-2'), 'claim-refused');
    expect(await states()).toEqual([['acme-it', 'opened']]);
    const { rows } = await api.registry.pool.query('select to_jsonb(sso_link) from sso_link where tenant_id = $1', [
      tenantId,
    ]);
    expect(JSON.stringify([rows, api.log])).not.toContain(token);
    expect(JSON.stringify([rows, api.log])).not.toContain(/sso_link=([\w-]+)/.exec(cookieIn(answer.headers))![1]);
  });

  test('a lost answer is repeated with the same key, and the first session ends with it', async () => {
    const token = tokenOf(await make());
    const [first, second] = [await open(token), await open(token)].map(({ headers }) => browserWith(cookieIn(headers)));
    expectProblem(await first!.get(`${sso()}/setup`), 'unauthenticated');
    expectAnswer(await second!.get(`${sso()}/setup`), 200, ssoSetupSchema);
    expect(await actors()).toEqual(['sso-link:acme-it sso-link.opened']);
  });

  test('its holder proves a domain, tests and connects; then the link only says how it stands', async () => {
    const holder = await opened({ groups: ['members'] });
    expect(expectAnswer(await holder.get(sso()), 200, ssoSchema)).toMatchObject({
      redirectUri: `https://login.example/${tenantId}`,
      entityId: 'https://login.example',
    });
    expectAnswer(await holder.post(`/v1/tenants/${tenantId}/domains`, { domain }), 201, tenantDomainSchema);
    expectAnswer(await holder.post(`/v1/tenants/${tenantId}/domains/${domain}:check`), 200, domainCheckSchema);
    await proveDomain(api.registry, tenantId, domain);
    const tested = await holder.post(`${sso()}:test`, { configuration: configuration() });
    expect(expectAnswer(tested, 200, ssoTestSchema)).toMatchObject({ usable: true });
    const accepted = await holder.put(sso(), configuration());
    const { operationId } = expectAnswer(accepted, 202, acceptedSchema);
    const { pool, keys } = api.registry;
    const sealed = await readSecret(pool, keys, { tenantId, kind: SSO_KIND, name: operationId });
    expect(JSON.parse(sealed!)).toMatchObject({ groups: ['members'], rules: [] });
    const setup = async () => expectAnswer(await holder.get(`${sso()}/setup`), 200, ssoSetupSchema).operation;
    expect(await setup()).toEqual({ operationId, status: 'pending' });
    await end(operationId, 'completed');
    expect(await setup()).toEqual({ operationId, status: 'completed' });
    expectProblem(await holder.put(sso(), configuration()), 'unauthenticated');
    expectProblem(await holder.get(`/v1/tenants/${tenantId}/domains`), 'unauthenticated');
    expect(await states()).toEqual([['acme-it', 'used']]);
    expect(await actors()).toEqual([
      'sso-link:acme-it sso-link.opened',
      'sso-link:acme-it domain.claimed',
      'sso-link:acme-it configure-sso.requested',
    ]);
    expect(JSON.stringify(api.runs.started)).not.toContain(SECRET);
  });

  test('its holder may try again after an operation that failed', async () => {
    await proveDomain(api.registry, tenantId, domain);
    const holder = await opened();
    const first = expectAnswer(await holder.put(sso(), configuration()), 202, acceptedSchema);
    await end(first.operationId, 'failed');
    const second = expectAnswer(await holder.put(sso(), configuration()), 202, acceptedSchema);
    expect(expectAnswer(await holder.get(`${sso()}/setup`), 200, ssoSetupSchema).operation).toMatchObject({
      operationId: second.operationId,
    });
  });

  test('its holder cannot choose groups', async () => {
    await proveDomain(api.registry, tenantId, domain);
    const holder = await opened();
    const rules = [{ claim: 'groups', value: 'IT', group: 'admins' }];
    const answer = await holder.put(sso(), configuration({ groups: ['admins'], rules }));
    const { operationId } = expectAnswer(answer, 202, acceptedSchema);
    const { pool, keys } = api.registry;
    const sealed = await readSecret(pool, keys, { tenantId, kind: SSO_KIND, name: operationId });
    expect(JSON.parse(sealed!)).toMatchObject({ groups: [], rules: [] });
  });

  test('the session opens nothing of another tenant, and nothing else of its own', async () => {
    const holder = await opened();
    const other = await tenantWithSso(api.registry);
    for (const path of [sso(other), `${sso(other)}/setup`, `/v1/tenants/${other}/domains`])
      expectProblem(await holder.get(path), 'unauthenticated');
    for (const path of [`${sso()}/links`, `/v1/tenants/${tenantId}`, `/v1/tenants/${tenantId}/scim-tokens`, '/v1/me'])
      expectProblem(await holder.get(path), 'unauthenticated');
    expectProblem(await holder.delete(sso()), 'unauthenticated');
    expectProblem(await holder.post(`${sso()}/links`, { name: 'mine' }), 'unauthenticated');
    expectProblem(await open(tokenOf(await make({ name: 'second' })), 'key-3', other), 'claim-refused');
  });

  test.each<[string, object]>([
    ['without the header of the page', { 'x-sso-setup': '' }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a page of another origin', { origin: 'https://elsewhere.example' }],
  ])('the cookie is not used for a request %s', async (_, headers) => {
    const holder = await opened();
    const answer = await holder.post(`/v1/tenants/${tenantId}/domains`, { domain }).set({ ...headers });
    expectProblem(answer, 'unauthenticated');
    expectAnswer(await holder.get(`${sso()}/setup`), 200, ssoSetupSchema);
  });

  test('a link that is revoked or has expired ends its session, and is not opened any more', async () => {
    const holder = await opened();
    expect((await manager.post(`${sso()}/links/acme-it:revoke`)).body).toMatchObject({ revoked: 1 });
    expectProblem(await holder.get(`${sso()}/setup`), 'unauthenticated');
    const unopened = await make({ name: 'second' });
    await api.registry.pool.query(`update sso_link set expires_at = now() where tenant_id = $1 and name = 'second'`, [
      tenantId,
    ]);
    expectProblem(await open(tokenOf(unopened)), 'claim-refused');
    expect(await states()).toEqual([
      ['second', 'expired'],
      ['acme-it', 'revoked'],
    ]);
  });

  test('none is made with a group that the plan does not have, or under a name in use, or for a plan without single sign-on', async () => {
    expectProblem(await manager.post(`${sso()}/links`, { name: 'acme-it', groups: ['kings'] }), 'invalid-body');
    await make();
    expectProblem(await manager.post(`${sso()}/links`, { name: 'acme-it' }), 'state-conflict');
    const without = (await activeTenant(api.registry)).tenantId;
    expectProblem(await manager.post(`${sso(without)}/links`, { name: 'acme-it' }), 'state-conflict');
  });
});
