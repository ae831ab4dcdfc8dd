import type { Browser, Page } from 'playwright-core';
import { dashName, newTenantId } from '../../../contract/ids';
import { hasBrowser, startBrowser } from '../../helpers/browser/browser';
import { startNameServer, type NameServer } from '../../helpers/dns';
import { plan, startTestProduct, type Answer, type TestProduct } from '../../helpers/product';
import {
  PASSWORD,
  startCompanyRealm,
  type CompanyRealm,
  type Employee,
} from '../../helpers/providers/keycloak/company-realm';
import { observerOf } from '../../providers/keycloak/realm';

const REALM = 'tenants';

let product: TestProduct;
let dns: NameServer;
let company: CompanyRealm;
let browser: Browser | undefined;

beforeAll(async () => {
  dns = await startNameServer();
  product = await startTestProduct({
    overrides: { DNS_SERVERS: dns.address, WEBHOOK_INTERNAL_NETWORKS: '127.0.0.1/32' },
  });
  company = await startCompanyRealm(await observerOf(REALM), `company-${newTenantId()}`);
  if (hasBrowser()) browser = await startBrowser();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await company?.stop();
  await product?.stop();
  await dns?.stop();
});

const asKeyManager = (method: string, path: string, body?: unknown): Promise<Answer> =>
  product.call('apiKeyManager', method, path, body);

async function ended(answer: Answer) {
  expect(answer).toMatchObject({ status: 202 });
  return product.untilEnded(answer.body.operationId as string);
}

/** Types an address at our login page and goes on at the company's. Resolves with the page at the end. */
async function signIn(page: Page, { username, email }: Employee): Promise<Page> {
  const { url } = product.endpoints.keycloak!;
  await page.goto(`${url}/realms/${REALM}/account/`);
  await page.locator('#username').fill(email);
  await page.locator('#kc-login').click();
  await page.waitForURL((at) => at.pathname.startsWith(`/realms/${company.realm}/`));
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(PASSWORD);
  await page.locator('#kc-login').click();
  await page.waitForURL((at) => at.pathname.startsWith(`/realms/${REALM}/`));
  return page;
}

/** Opens a link as the customer's administrator does, who has no account, and connects the company on its page. */
async function connectThroughLink(sso: string): Promise<void> {
  const { status, body } = await asKeyManager('POST', `${sso}/links`, { name: 'acme-it', groups: ['members'] });
  expect(status).toBe(201);
  const page = await (await browser!.newContext()).newPage();
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const said = (text: string) => page.locator('#message', { hasText: text }).waitFor({ timeout: 120_000 });
  await page.goto(body.url as string);
  await press('Begin');
  await page.getByLabel('Issuer').fill(company.endpoints.issuer);
  await page.getByLabel('Client id').fill(company.clientId);
  await page.getByLabel('Client secret').fill(company.clientSecret);
  await press('Test');
  await said('This works.');
  await press('Activate');
  await said('Done');
  await page.context().close();
}

test('a company proves its domain, connects its identity provider, and its people sign in until the tenant is removed', async () => {
  const { tenantId, operationId } = await product.order(plan('professional'));
  expect(await product.untilEnded(operationId)).toMatchObject({ status: 'active' });
  const observer = await observerOf(REALM);
  const domain = `${newTenantId()}.example`;

  const claimed = (await asKeyManager('POST', `/v1/tenants/${tenantId}/domains`, { domain })).body;
  dns.records.set(claimed.record.name as string, [claimed.record.value as string]);
  const checked = await asKeyManager('POST', `/v1/tenants/${tenantId}/domains/${domain}:check`);
  expect(checked.body).toMatchObject({ lookup: 'found', domain: { state: 'proved' } });

  const { endpoints, clientId, clientSecret } = company;
  const configuration = {
    oidc: { issuer: endpoints.issuer, clientId, clientSecret },
    domains: [domain],
    groups: ['members'],
    rules: [{ claim: 'groups', value: 'IT', group: 'admins' }],
  };
  const sso = `/v1/tenants/${tenantId}/identity/sso`;
  const tested = await asKeyManager('POST', `${sso}:test`, { configuration });
  expect(tested.body).toMatchObject({ usable: true });
  const wrong = { ...configuration, oidc: { ...configuration.oidc, clientSecret: 'not-the-secret' } };
  expect(await asKeyManager('PUT', sso, wrong)).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/oidc/clientSecret' }] },
  });
  expect(await ended(await asKeyManager('PUT', sso, configuration))).toMatchObject({
    kind: 'configure-sso',
    status: 'completed',
  });
  const shown = (await asKeyManager('GET', sso)).body;
  expect(shown).toMatchObject({ connection: { domains: [domain] } });
  expect(shown.redirectUri).toContain(`/realms/${REALM}/broker/${dashName(tenantId)}/endpoint`);

  const accounts = () => observer.users.find({ username: `${dashName(tenantId)}.`, briefRepresentation: false });
  if (browser) {
    const alice = { username: `alice-${tenantId}`, email: `alice@${domain}`, groups: ['IT'] };
    await company.hire(alice);
    const page = await signIn(await (await browser.newContext()).newPage(), alice);
    await page.waitForURL((at) => at.pathname.startsWith(`/realms/${REALM}/account`));
    const [account] = await accounts();
    expect(account).toMatchObject({ email: alice.email, attributes: { tenantId: [tenantId] } });
    const groups = (await observer.users.listGroups({ id: account!.id! })).map(({ name }) => name).sort();
    expect(groups).toEqual(['admins', 'members']);
    const organizations = await observer.organizations.memberOrganizations({ userId: account!.id! });
    expect(organizations.map(({ name }) => name)).toEqual([dashName(tenantId)]);

    const mallory = { username: `mallory-${tenantId}`, email: 'mallory@bigcorp.example' };
    await company.hire(mallory);
    const refused = await signIn(await (await browser.newContext()).newPage(), {
      ...mallory,
      email: `mallory@${domain}`,
    });
    expect(new URL(refused.url()).pathname).not.toContain('/account');
    expect(await accounts()).toHaveLength(1);
  }

  const suspended = await ended(
    await product.call('support', 'POST', `/v1/tenants/${tenantId}:suspend`, { reason: 'non_payment' }),
  );
  expect(suspended).toMatchObject({ status: 'completed' });
  expect((await observer.identityProviders.findOne({ alias: dashName(tenantId) }))!.enabled).toBe(false);
  expect(await ended(await product.call('support', 'POST', `/v1/tenants/${tenantId}:resume`))).toMatchObject({
    status: 'completed',
  });
  const opened = (await observer.identityProviders.findOne({ alias: dashName(tenantId) }))!;
  expect(opened).toMatchObject({ enabled: true, config: { issuer: endpoints.issuer, clientId } });

  expect(await ended(await asKeyManager('DELETE', sso))).toMatchObject({ status: 'completed' });
  expect((await observer.identityProviders.findOne({ alias: dashName(tenantId) }))!.enabled).toBe(false);
  expect((await asKeyManager('GET', sso)).body.connection).toBeUndefined();
  if (browser) {
    await connectThroughLink(sso);
    expect((await asKeyManager('GET', `${sso}/links`)).body).toMatchObject({ links: [{ state: 'used' }] });
    const again = (await observer.identityProviders.findOne({ alias: dashName(tenantId) }))!;
    expect(again).toMatchObject({ enabled: true, config: { issuer: endpoints.issuer, clientId } });
  } else expect(await ended(await asKeyManager('PUT', sso, configuration))).toMatchObject({ status: 'completed' });

  const removed = await ended(
    await product.call('offboarding', 'POST', `/v1/tenants/${tenantId}:deprovision`, {
      reason: 'customer_request',
      graceDays: 0,
    }),
  );
  expect(removed).toMatchObject({ status: 'completed' });
  expect(await observer.identityProviders.findOne({ alias: dashName(tenantId) })).toBeNull();
  expect(await accounts()).toEqual([]);
  const certificate = (await product.call('operator', 'GET', `/v1/tenants/${tenantId}/certificate`)).body;
  expect(JSON.stringify(certificate)).toContain('idp-sso');
  expect(product.logs()).not.toContain(clientSecret);
}, 900_000);
