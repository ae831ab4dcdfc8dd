import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ssoLinkCreatedSchema } from '../../../contract/schemas/identity/sso-link-schema';
import { createDomainProofs } from '../../../providers/dns/domain-proofs';
import { recordOutcome } from '../../../registry/operations/transitions';
import { expectAnswer, startApiHarness, type ApiHarness } from '../../helpers/api';
import { hasBrowser, startBrowser } from '../../helpers/browser/browser';
import { startNameServer, type NameServer } from '../../helpers/dns';
import { hasPostgres } from '../../helpers/registry';
import { ISSUER, SECRET, standInProbe, tenantWithSso } from '../../helpers/tenants/sso';

const canRun = hasPostgres() && hasBrowser();
const suite = canRun ? describe : describe.skip;
if (!canRun) test.todo('the setup page: not run, this machine lacks PostgreSQL or a browser');

suite('the page for setting up single sign-on', () => {
  let api: ApiHarness;
  let dns: NameServer;
  let server: Server;
  let url: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let tenantId: string;
  let complaints: string[];
  let requests: string[];

  beforeAll(async () => {
    dns = await startNameServer();
    // The API must know its own origin, and the port is known only once the server listens.
    server = createServer((request, response) => {
      // As a proxy takes the prefix off.
      request.url = request.url!.replace(/^\/below\//, '/');
      api.app(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/below`;
    api = await startApiHarness({
      domainProofs: createDomainProofs([dns.address]),
      publicUrl: url,
      ssoProbe: standInProbe,
      ssoRedirectUri: (id) => `https://login.example/${id}`,
      ssoEntityId: 'https://login.example/realm',
    });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    await api?.stop();
    await dns?.stop();
  });
  beforeEach(async () => {
    tenantId = await tenantWithSso(api.registry);
    context = await browser.newContext();
    page = await context.newPage();
    [complaints, requests] = [[], []];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (line) => {
      if (line.text().includes('Content Security Policy')) complaints.push(line.text());
    });
    page.on('request', (request) =>
      requests.push(`${request.method()} ${new URL(request.url()).pathname.replace(/^\/below/, '')}`),
    );
  });
  afterEach(() => context.close());

  async function link(): Promise<string> {
    const manager = await api.as(['api-keys:manage']);
    const answer = await manager.post(`/v1/tenants/${tenantId}/identity/sso/links`, { name: 'acme-it' });
    return expectAnswer(answer, 201, ssoLinkCreatedSchema).url;
  }
  const said = (text: string | RegExp) => page.locator('#message', { hasText: text }).waitFor();
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const newestOperation = async () => {
    const { rows } = await api.registry.pool.query<{ operationId: string }>(
      `select operation_id as "operationId" from sso_link where tenant_id = $1`,
      [tenantId],
    );
    return rows[0]!.operationId;
  };

  test('asks the API nothing before its button is pressed', async () => {
    await page.goto(await link());
    await page.getByRole('button', { name: 'Begin' }).waitFor();
    expect(requests.filter((line) => line.includes('/v1/'))).toEqual([]);
  });

  test('proves a domain, tests, activates and says when it is done', async () => {
    await page.goto(await link());
    await press('Begin');
    await page.getByText(`https://login.example/${tenantId}`, { exact: true }).waitFor();
    expect(page.url()).toBe(`${url}/sso-setup#${tenantId}`);
    await page.getByText('https://login.example/realm', { exact: true }).waitFor();

    const domain = `${tenantId}.example`;
    await page.getByLabel('Domain', { exact: true }).fill(domain);
    await press('Add');
    await said('Publish its record, then check it.');
    const [name, value] = await page.locator('#domains code').allInnerTexts();
    await press(`Check: ${domain}`);
    await said('The DNS has no TXT record');
    dns.records.set(name!, [value!]);
    await press(`Check: ${domain}`);
    await said('the domain is proved');

    await page.getByLabel('Issuer').fill(ISSUER);
    await page.getByLabel('Client id').fill('us');
    await page.getByLabel('Client secret').fill('wrong');
    await press('Test');
    await said('This does not work yet.');
    await page.getByText('failed: credentials failed').waitFor();
    expect(await page.getByRole('button', { name: 'Activate' }).isDisabled()).toBe(true);
    await page.getByLabel('Client secret').fill(SECRET);
    await press('Test');
    await said('This works.');

    await page.reload();
    await page.getByLabel('Issuer').fill(ISSUER);
    await page.getByLabel('Client id').fill('us');
    await page.getByLabel('Client secret').fill(SECRET);
    await press('Test');
    await said('This works.');
    await press('Activate');
    await said('Being activated');
    expect(await page.content()).not.toContain(SECRET);
    const operationId = await newestOperation();
    await recordOutcome(api.registry.pool, { operationId, status: 'running' });
    await recordOutcome(api.registry.pool, { operationId, status: 'completed' });
    await said('Done');
    expect(await page.locator('#setup').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    expect(api.log.join('')).not.toContain(SECRET);
  });

  test('asks for SAML metadata instead, by URL or as XML', async () => {
    await page.goto(await link());
    await press('Begin');
    await page.getByLabel('SAML, metadata as XML').check();
    await page.getByLabel('Metadata', { exact: true }).waitFor();
    expect(await page.getByLabel('Issuer').isVisible()).toBe(false);
    await page.getByLabel('SAML, metadata by URL').check();
    await page.getByLabel('URL of the metadata').waitFor();
  });

  test('a link that was opened elsewhere is refused, and so is the page without its session', async () => {
    const used = await link();
    await page.goto(used);
    await press('Begin');
    await page.locator('#setup').waitFor();
    const elsewhere = await browser.newContext();
    try {
      page = await elsewhere.newPage();
      await page.goto(used);
      await press('Begin');
      await said('This link is wrong, expired or already used.');
      await page.goto(`${url}/sso-setup`);
      await said('This link is incomplete.');
      await page.goto(`${url}/sso-setup#${tenantId}`);
      await page.reload();
      await said('Ask for a new link.');
    } finally {
      await elsewhere.close();
    }
  });
});
